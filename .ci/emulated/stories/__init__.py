"""What is played against the deployed API. The five products' stories go by the texts that tests/stories walks, with fewer cases:
what is decided is tested there, and here that the deployment does it."""

from . import (
    client_practice,
    coaching_site,
    first_story,
    large_export,
    program_delivery,
    project_workspace,
    website_studio,
)

STORIES = {
    "first-story": first_story.play,
    "coaching-site": coaching_site.play,
    "client-practice": client_practice.play,
    "project-workspace": project_workspace.play,
    "website-studio": website_studio.play,
    "program-delivery": program_delivery.play,
    "large-export": large_export.play,
}
