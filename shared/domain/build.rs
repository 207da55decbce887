//! Embeds every file of `role-sets/`, so that dropping a file there is all an operator does: as it is written, and as JSON, which
//! functions read sooner. And of a transliteration of all of Unicode the part that searching for people needs.
#![expect(
    clippy::disallowed_methods,
    reason = "Cargo tells build scripts what they need in the environment"
)]

use std::fmt::Write as _;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// Blocks of Latin letters beyond ASCII.
const LATIN: [RangeInclusive<char>; 7] = [
    '\u{80}'..='\u{24f}',
    // IPA, which African alphabets have letters of.
    '\u{250}'..='\u{2af}',
    '\u{1d00}'..='\u{1dbf}',
    '\u{1e00}'..='\u{1eff}',
    '\u{2c60}'..='\u{2c7f}',
    '\u{a720}'..='\u{a7ff}',
    '\u{ab30}'..='\u{ab6f}',
];

/// The longest that one letter becomes.
const LONGEST: usize = 4;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let made = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(made.join("role_sets.rs"), role_sets()?)?;
    std::fs::write(made.join("latin.rs"), latin()?)?;
    Ok(())
}

/// Small Latin letters in order, each with what people type for it, filled up with zeros.
fn latin() -> Result<String, Box<dyn std::error::Error>> {
    let mut rows = String::new();
    let mut count = 0;
    for letter in LATIN.into_iter().flatten() {
        let plain = any_ascii::any_ascii_char(letter).to_ascii_lowercase();
        let is_word = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_lowercase());
        if letter.is_uppercase() || !letter.is_alphabetic() || !is_word {
            continue;
        }
        let mut filled = [0; LONGEST];
        let room = filled.get_mut(..plain.len());
        room.ok_or(format!("{letter} becomes {plain}"))?
            .copy_from_slice(plain.as_bytes());
        writeln!(rows, "    ({letter:?}, {filled:?}),")?;
        count += 1;
    }
    Ok(format!(
        "static LATIN: [(char, [u8; {LONGEST}]); {count}] = [\n{rows}];\n"
    ))
}

fn role_sets() -> Result<String, Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=role-sets");
    Ok(texts("role-sets")? + &sets("SETS", "role-sets")? + &sets("TEST_SETS", "role-sets/tests")?)
}

/// The role sets of a folder: the name and the path of each.
fn files(folder: &str) -> Result<Vec<(String, PathBuf)>, Box<dyn std::error::Error>> {
    let place = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&place)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    files.sort();
    let named = |path: PathBuf| {
        (
            path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            path,
        )
    };
    Ok(files.into_iter().map(named).collect())
}

/// The files as they are written.
fn texts(folder: &str) -> Result<String, Box<dyn std::error::Error>> {
    let files = files(folder)?;
    let mut texts = format!("static TEXTS: [(&str, &str); {}] = [\n", files.len());
    for (name, _) in files {
        // By the manifest's place when it is compiled: a target folder may serve several checkouts.
        let (file, place) = (format!("{name}.toml"), format!("/{folder}/{name}.toml"));
        writeln!(
            texts,
            "    ({file:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {place:?}))),"
        )?;
    }
    Ok(format!("{texts}];\n"))
}

/// The role sets as JSON.
fn sets(constant: &str, folder: &str) -> Result<String, Box<dyn std::error::Error>> {
    let files = files(folder)?;
    let mut sets = format!("static {constant}: [(&str, &str); {}] = [\n", files.len());
    for (name, path) in files {
        let set: serde_json::Value = toml::from_str(&std::fs::read_to_string(&path)?)
            .map_err(|error| format!("{folder}/{name}.toml: {error}"))?;
        writeln!(sets, "    ({name:?}, {:?}),", set.to_string())?;
    }
    Ok(format!("{sets}];\n"))
}
