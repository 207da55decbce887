//! The organizations of the demo: one of each role set, with a person of each role.

use super::super::story::olivia;
use crate::TokenRequest;
use crate::accounts::{Account, AccountGroup, capitalized};

/// An organization to fill.
pub(super) struct DemoOrganization {
    /// The file that tells how far an earlier start has come.
    pub(super) progress: &'static str,
    /// Its name.
    pub(super) name: &'static str,
    /// Its role set.
    pub(super) role_set: &'static str,
    /// The role of Olivia, who creates it.
    pub(super) first_role: &'static str,
    /// The type of its resources.
    pub(super) resource_type: &'static str,
    /// Its resources, by id and name.
    pub(super) resources: &'static [(&'static str, &'static str)],
    /// The seats of its plan.
    pub(super) seats: u32,
    /// Roles that it turns on.
    pub(super) optional_roles: &'static [&'static str],
    /// The members. All of them accept.
    pub(super) team: &'static [Offer],
    /// The invitees who have not answered yet.
    pub(super) invited: &'static [Offer],
}

/// A role for people: on one resource or on none, for a time or without an end.
pub(super) struct Offer {
    pub(super) role: &'static str,
    pub(super) resource: Option<&'static str>,
    pub(super) duration: Option<&'static str>,
    /// Their addresses.
    pub(super) people: &'static [&'static str],
}

const fn offer(role: &'static str, resource: Option<&'static str>, people: &'static [&'static str]) -> Offer {
    Offer {
        role,
        resource,
        duration: None,
        people,
    }
}

/// All of them. The first is the one of the story.
pub(super) const ALL: &[DemoOrganization] = &[
    DemoOrganization {
        progress: "demo",
        name: "Acme Academy",
        role_set: "program-delivery",
        first_role: "owner",
        resource_type: "program",
        resources: &[
            ("spring", "Spring cohort"),
            ("summer", "Summer cohort"),
            ("autumn", "Autumn cohort"),
        ],
        seats: 10,
        optional_roles: &["implementation_admin"],
        team: &[
            offer("admin", None, &["amir@acme.example"]),
            Offer {
                role: "implementation_admin",
                resource: None,
                duration: Some("3_months"),
                people: &["ida@partner.example"],
            },
            offer("program_admin", Some("spring"), &["petra@acme.example"]),
            offer("program_facilitator", Some("summer"), &["felix@acme.example"]),
            offer("program_sponsor", Some("autumn"), &["sofia@acme.example"]),
            offer(
                "participant",
                Some("spring"),
                &["pia@acme.example", "paul@acme.example", "priya@acme.example"],
            ),
        ],
        invited: &[
            offer("program_facilitator", Some("autumn"), &["fatma@acme.example"]),
            offer("participant", None, &["quentin@acme.example", "rosa@acme.example"]),
        ],
    },
    DemoOrganization {
        progress: "demo-coaching-site",
        name: "Brightside Coaching",
        role_set: "coaching-site",
        first_role: "owner",
        resource_type: "collection",
        resources: &[("leadership", "Leadership"), ("wellbeing", "Wellbeing")],
        seats: 8,
        optional_roles: &[],
        team: &[
            offer("admin", None, &["carla@acme.example"]),
            offer("editor", None, &["emil@acme.example"]),
            offer("instructor", Some("leadership"), &["ines@acme.example"]),
            offer("support", None, &["samir@acme.example"]),
        ],
        invited: &[offer("instructor", Some("wellbeing"), &["noor@acme.example"])],
    },
    DemoOrganization {
        progress: "demo-client-practice",
        name: "Northside Practice",
        role_set: "client-practice",
        first_role: "owner",
        resource_type: "client",
        resources: &[("globex", "Globex"), ("initech", "Initech")],
        seats: 5,
        optional_roles: &[],
        team: &[
            offer("contributor", None, &["colin@acme.example"]),
            offer("participant", Some("globex"), &["paula@acme.example"]),
        ],
        invited: &[offer("participant", Some("initech"), &["theo@acme.example"])],
    },
    DemoOrganization {
        progress: "demo-project-workspace",
        name: "Harbor Workspace",
        role_set: "project-workspace",
        first_role: "administrator",
        resource_type: "project",
        resources: &[("website", "Website"), ("launch", "Launch")],
        seats: 4,
        optional_roles: &[],
        team: &[
            offer("administrator", None, &["ada@acme.example"]),
            offer("collaborator", Some("website"), &["kenji@acme.example"]),
        ],
        invited: &[offer("collaborator", Some("launch"), &["lena@acme.example"])],
    },
    DemoOrganization {
        progress: "demo-website-studio",
        name: "Pixel Studio",
        role_set: "website-studio",
        first_role: "owner",
        resource_type: "site",
        resources: &[("bakery", "Bakery"), ("museum", "Museum")],
        seats: 6,
        optional_roles: &[],
        team: &[
            offer("developer", None, &["dario@acme.example"]),
            offer("technical_editor", None, &["tara@acme.example"]),
            offer("editor", None, &["edith@acme.example"]),
        ],
        invited: &[offer("editor", None, &["omar@acme.example"])],
    },
];

/// The people of all organizations, to sign in as.
pub(super) fn accounts() -> Vec<AccountGroup> {
    ALL.iter().map(group).collect()
}

fn group(organization: &DemoOrganization) -> AccountGroup {
    let first = Account {
        person: olivia(),
        role: words(organization.first_role),
    };
    let each = |offers: &'static [Offer], role: fn(&str) -> String| {
        offers.iter().flat_map(move |offer| {
            offer.people.iter().map(move |address| Account {
                person: TokenRequest::of_address(address),
                role: role(offer.role),
            })
        })
    };
    let invited = |role: &str| format!("Invited as {}", words(role));
    let accounts = std::iter::once(first)
        .chain(each(organization.team, words))
        .chain(each(organization.invited, invited));
    AccountGroup {
        title: organization.name.to_owned(),
        accounts: accounts.collect(),
    }
}

/// The id of a role as words.
fn words(role: &str) -> String {
    let words: Vec<String> = role.split('_').map(capitalized).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_domain::roleset;
    use std::collections::BTreeSet;

    #[test]
    fn there_is_a_person_of_each_role_of_each_role_set() {
        for set in roleset::names().map(|name| roleset::find(name).unwrap()) {
            let organization = ALL.iter().find(|one| one.role_set == set.id.as_str()).unwrap();
            let held = organization
                .team
                .iter()
                .map(|offer| offer.role)
                .chain([organization.first_role]);
            let held: BTreeSet<&str> = held.collect();
            let roles: BTreeSet<&str> = set.roles.iter().map(|role| role.id.as_str()).collect();
            assert_eq!(held, roles, "{}", organization.role_set);
        }
    }
}
