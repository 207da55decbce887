//! Embeds every file of `role-sets/`, so that dropping a file there is all an operator does: as it is written, and as JSON, which
//! functions read sooner.

use std::fmt::Write as _;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=role-sets");
    let folder = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("role-sets");
    let made = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    files.sort();
    let count = files.len();
    let mut texts = format!("static TEXTS: [(&str, &str); {count}] = [\n");
    let mut sets = format!("static SETS: [(&str, &str); {count}] = [\n");
    for path in files {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        // By the manifest's place when it is compiled: a target folder may serve several checkouts.
        let (file, place) = (format!("{name}.toml"), format!("/role-sets/{name}.toml"));
        writeln!(
            texts,
            "    ({file:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {place:?}))),"
        )?;
        let set: serde_json::Value =
            toml::from_str(&std::fs::read_to_string(&path)?).map_err(|error| format!("role-sets/{file}: {error}"))?;
        writeln!(sets, "    ({name:?}, {:?}),", set.to_string())?;
    }
    std::fs::write(made.join("role_sets.rs"), format!("{texts}];\n{sets}];\n"))?;
    Ok(())
}
