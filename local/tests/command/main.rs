//! The command: what it says when it cannot start, and that it stops when told to.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that goes wrong should stop there"
)]
#![cfg(unix)]

mod killed;

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster-local"));
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What the command says when it ends by itself, and how it ends.
fn failure(arguments: &[&str]) -> (Option<i32>, String) {
    let output = command(arguments).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// Starts the command and reads what it says until it tells its story's last line.
fn running(arguments: &[&str]) -> (Child, String) {
    let mut child = command(arguments).spawn().unwrap();
    let mut said = String::new();
    let mut out = BufReader::new(child.stdout.as_mut().unwrap());
    while !said.ends_with("/events\" -H \"Authorization: Bearer $OLIVIA\"\n") {
        assert!(out.read_line(&mut said).unwrap() > 0, "it ended: {said}");
    }
    (child, said)
}

fn signal(child: &Child, name: &str) {
    let kill = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status()
        .unwrap();
    assert!(kill.success());
}

#[test]
fn a_taken_port_is_said_in_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (code, said) = failure(&["--port", &port]);
    assert_eq!(code, Some(1));
    assert_eq!(
        said,
        format!("error: port {port} is already in use; choose another with --port\n")
    );
}

#[test]
fn a_bad_flag_is_named() {
    for (arguments, named) in [
        (&["--prot", "1"] as &[_], "--prot"),
        (&["--port", "many"], "many"),
        (&["--port", "65536"], "65536"),
        (&["--data"], "--data"),
        (&["stray"], "stray"),
    ] {
        let (code, said) = failure(arguments);
        assert_eq!(code, Some(2), "{arguments:?}");
        assert!(said.contains(named), "{arguments:?}: {said}");
    }
}

#[test]
fn a_bad_folder_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    let (code, said) = failure(&["--port", "0", "--data", path]);
    assert_eq!(code, Some(1));
    assert!(
        said.starts_with(&format!("error: cannot use `{path}` for data: ")),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn it_stops_cleanly_when_told_to() {
    for name in ["INT", "TERM"] {
        let (mut child, _) = running(&["--port", "0"]);
        signal(&child, name);
        assert_eq!(child.wait().unwrap().code(), Some(0), "{name}");
        let mut complaints = String::new();
        child.stderr.unwrap().read_to_string(&mut complaints).unwrap();
        assert_eq!(complaints, "", "{name}");
    }
}

#[test]
fn the_story_works_when_pasted() {
    let (mut child, said) = running(&["--port", "0"]);
    let lines: Vec<_> = said.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    let shell = Command::new("sh").args(["-ec", &lines.join("\n")]).output().unwrap();
    signal(&child, "INT");
    child.wait().unwrap();
    let told = String::from_utf8(shell.stdout).unwrap() + &String::from_utf8(shell.stderr).unwrap();
    assert!(shell.status.success(), "{told}");
    assert!(!told.contains("muster.example/problems"), "{told}");
    for expected in [
        "\"invite_status\":\"accepted\"",
        "\"to\":\"bob@acme.example\"",
        "\"mail\":\"delivered\"",
        "invitation.expired",
    ] {
        assert!(told.contains(expected), "`{expected}` is missing: {told}");
    }
}

#[test]
fn the_demo_fills_an_organization_once() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--port", "0", "--demo", "--data", folder.path().to_str().unwrap()];
    let demo = || {
        let (mut child, said) = running(&arguments);
        signal(&child, "INT");
        child.wait().unwrap();
        let said = said.split_once("The demo organization is ").unwrap().1;
        said.split_once(',').unwrap().0.to_owned()
    };
    let first = demo();
    assert!(first.starts_with("org_"), "{first}");
    assert_eq!(demo(), first);
}
