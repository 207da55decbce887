//! Embeds every file of `role-sets/`, so that dropping a file there is all an operator does.

use std::fmt::Write as _;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=role-sets");
    let folder = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("role-sets");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    files.sort();
    let mut code = format!("static EMBEDDED: [(&str, &str); {}] = [\n", files.len());
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // By the manifest's place when it is compiled: a target folder may serve several checkouts.
        let place = format!("/role-sets/{name}");
        writeln!(
            code,
            "    ({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {place:?}))),"
        )?;
    }
    code.push_str("];\n");
    std::fs::write(PathBuf::from(std::env::var("OUT_DIR")?).join("role_sets.rs"), code)?;
    Ok(())
}
