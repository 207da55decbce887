//! Templates and words that an operator replaces.

use super::*;
use crate::config::Config;
use std::fs;

fn with(files: &Overrides) -> Result<Stationery, Fault> {
    let stationery = Stationery::with(brand(), Language::English, files)?;
    overrides::check(&stationery).map_err(|fault| files.located(fault))?;
    Ok(stationery)
}

fn config(folder: Option<&str>) -> Config {
    let read = Config::read(|name| match name {
        "MUSTER_TABLE" => Some("table".into()),
        "MUSTER_ISSUER" | "MUSTER_JWKS_URL" | "MUSTER_APP_URL" => Some("https://id.example".into()),
        "MUSTER_AUDIENCE" => Some("muster".into()),
        "MUSTER_MAIL_TEMPLATES" => folder.map(Into::into),
        _ => None,
    });
    read.unwrap()
}

/// The blocks of the chapter, each with the name of its file in the line before it.
fn documented() -> Vec<(String, String)> {
    let text = include_str!("../../../../../docs/OPERATING.md");
    let (_, chapter) = text.split_once("## Changing the emails").unwrap();
    let chapter = chapter.split("\n## ").next().unwrap();
    let mut files = Vec::new();
    let mut pieces = chapter.split("```");
    while let (Some(before), Some(block)) = (pieces.next(), pieces.next()) {
        let (kind, source) = block.split_once('\n').unwrap();
        let name = before.trim_end().rsplit('`').nth(1).unwrap();
        if matches!(kind, "jinja" | "json") {
            files.push((name.to_owned(), source.to_owned()));
        }
    }
    files
}

#[test]
fn the_documented_examples_are_files_that_a_deployment_can_use() {
    let files = documented();
    assert_eq!(files.len(), 3, "{files:?}");
    let folder = tempfile::tempdir().unwrap();
    for (name, source) in &files {
        fs::write(folder.path().join(name), source).unwrap();
    }
    let stationery = Stationery::open(&config(folder.path().to_str())).unwrap();
    let letter = stationery
        .write(&invitation_of("Acme", &[], Some("Hi")), ann(), None, None)
        .unwrap();
    let usual = invitation("Acme", &[], Some("Hi"));
    assert_ne!(letter.html, usual.html);
    assert_ne!(letter.subject, usual.subject);
    assert!(letter.html.contains(LINK.replace('&', "&amp;").as_str()) || letter.html.contains(LINK));
    let german = stationery
        .write(&invitation_of("Acme", &[], None), ann(), Some(Language::German), None)
        .unwrap();
    assert_eq!(
        german.subject, "Acme hat Sie zu Acme eingeladen",
        "the words of one language are replaced"
    );
}

/// The names of all values stand in the chapter.
#[test]
fn the_chapter_names_every_value() {
    let text = include_str!("../../../../../docs/OPERATING.md");
    let words = words::Words::built_in(Language::English).unwrap();
    for sample in samples::all(Language::English, "").unwrap() {
        for (name, _) in sample.content.values(&ann(), &words) {
            assert!(text.contains(&format!("`{name}`")), "{name}");
        }
    }
    for name in stationery::TEMPLATES.map(|(name, _)| name) {
        let stem = name.split('.').next().unwrap();
        assert!(text.contains(&format!("`{stem}`")), "{name}");
    }
}

#[test]
fn a_template_a_language_and_a_part_can_be_replaced_each_on_its_own() {
    let files = Overrides::of([
        ("_banner.html", "<p>Banner of {{ brand.product }}</p>"),
        (
            "letter.html",
            "<html lang=\"{{ language }}\" dir=\"{{ direction }}\">{% include \"_banner.html\" %}{% block body %}{% endblock %}{% block reason %}{% endblock %}</html>",
        ),
        ("added.de.html", "<p>Hallo {{ author }}, {{ link }}</p>"),
        ("fr.json", r#"{ "messages": { "invitation.button": "Allons-y" } }"#),
    ]);
    let stationery = with(&files).unwrap();
    let write = |content: &Content, language| stationery.write(content, ann(), Some(language), None).unwrap();
    let invitation = invitation_of("Acme", &[], None);
    assert!(
        write(&invitation, Language::English)
            .html
            .contains("<p>Banner of <bdi>Acme Cloud</bdi></p>")
    );
    assert!(write(&invitation, Language::French).html.contains("Allons-y"));
    assert!(write(&invitation, Language::Spanish).html.contains("Ver la invitación"));
    let added = added_of("<b>", &[], None);
    assert!(
        write(&added, Language::German)
            .html
            .starts_with("<p>Hallo <bdi>&lt;b&gt;</bdi>, https:")
    );
    assert!(write(&added, Language::English).html.contains("Banner"));
}

#[test]
fn a_bad_file_is_refused_with_its_name_and_line() {
    let tail = "{{ link }}";
    for (name, source, line, reason) in [
        ("invitation.html", "<p>\n{% if %}".to_owned(), Some(2), "unexpected"),
        (
            "invitation.html",
            format!("{tail}\n\n{{{{ team }}}}"),
            Some(3),
            "undefined",
        ),
        (
            "invitation.html",
            format!("{tail}\n{{{{ say(\"invitation.intros\") }}}}"),
            Some(2),
            "there is no message `invitation.intros`",
        ),
        (
            "invitation.html",
            format!("{tail}\n{{{{ say(\"access-ending.intro\") }}}}"),
            Some(2),
            "needs `left`",
        ),
        (
            "invitation.html",
            format!("{tail}\n{{% include \"_none.html\" %}}"),
            Some(2),
            "non-existing",
        ),
        (
            "invitation.html",
            format!("{tail}{{{{ organization|safe }}}}"),
            None,
            "without escaping it",
        ),
        (
            "added.txt",
            format!("{tail}\n{{{{ expires_at }}}}"),
            Some(2),
            "undefined",
        ),
        (
            "added.es.html",
            format!("{tail}{{% autoescape false %}}{{{{ author }}}}{{% endautoescape %}}"),
            None,
            "in `es` without escaping it",
        ),
        ("invitation.txt", "Come!".to_owned(), None, "does not show `link`"),
        (
            "invitation.html",
            format!("{tail}{}", "x".repeat(31_000)),
            None,
            "at most 30720 are sent",
        ),
        ("subject.txt", " \n".to_owned(), None, "no subject"),
        (
            "button.html",
            "{{ link }}\n{{ labels }}".to_owned(),
            Some(2),
            "undefined",
        ),
        (
            "de.json",
            "{\n\"messages\": { \"someone\": \"x\", }".to_owned(),
            Some(2),
            "trailing comma",
        ),
        (
            "ar.json",
            "{ \"messages\": {\n\"days_left\": { \"one\": \"x\", \"other\": \"{count}\" } } }".to_owned(),
            Some(2),
            "`zero`, `one`, `two`",
        ),
    ] {
        let fault = with(&Overrides::of([(name, &source)])).err().unwrap();
        let shown = fault.to_string();
        assert_eq!(
            (fault.file.as_str(), fault.line),
            (format!("/opt/mail/{name}").as_str(), line),
            "{source}: {shown}"
        );
        assert!(fault.reason.contains(reason), "{source}: {shown}");
        let place = line.map_or(format!("/opt/mail/{name}: "), |line| {
            format!("/opt/mail/{name}:{line}: ")
        });
        assert!(shown.starts_with(&place), "{shown}");
    }
}

#[test]
fn a_folder_is_read_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let open = || Stationery::open(&config(folder.path().to_str()));
    open().unwrap();
    fs::write(path(".gitkeep"), "").unwrap();
    fs::write(path("subject.txt"), "{{ brand.product }}: {{ letter }}").unwrap();
    let letter = open()
        .unwrap()
        .write(&invitation_of("Acme", &[], None), ann(), None, None)
        .unwrap();
    assert_eq!(letter.subject, "Muster: invitation");
    for (name, source, reason) in [
        ("invitations.html", &b"x"[..], "is not the name of a template"),
        ("invitation.it.html", b"x", "is not the name of a template"),
        ("letter.de.html", b"x", "is not the name of a template"),
        ("it.json", b"{}", "is not the name of a template"),
        ("de.json", b"\xff", "cannot be read"),
        ("added.txt", &[b'x'; 200_000], "is larger than"),
    ] {
        fs::write(path(name), source).unwrap();
        let fault = open().err().unwrap();
        assert_eq!(fault.file, path(name).display().to_string());
        assert!(fault.reason.contains(reason), "{fault}");
        fs::remove_file(path(name)).unwrap();
    }
    let fault = Stationery::open(&config(Some("/does/not/exist"))).err().unwrap();
    assert!(
        fault.to_string().starts_with("/does/not/exist: cannot be read"),
        "{fault}"
    );
}

/// What the check cannot know beforehand, such as a template that takes a name apart, costs no email.
#[test]
fn a_template_that_fails_for_one_letter_gives_way_to_the_built_in_one() {
    let source = "{{ link }}{% if organization|string == \"Acme 7\" %}{{ nothing }}{% endif %}";
    let stationery = with(&Overrides::of([("invitation.html", source)])).unwrap();
    let html = |name: &str| {
        stationery
            .write(&invitation_of(name, &[], None), ann(), None, None)
            .unwrap()
            .html
    };
    assert!(html("Acme").starts_with("https:"));
    assert_eq!(html("Acme 7"), invitation("Acme 7", &[], None).html);
}
