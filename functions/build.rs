//! Packs the OpenAPI document, since what is checked in for people to read is ten times as long as what goes over the wire, and the files of
//! the team page, with a table of them.
#![expect(
    clippy::disallowed_methods,
    reason = "Cargo tells build scripts what they need in the environment"
)]

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

fn main() -> Result<()> {
    let crate_folder = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let folder = PathBuf::from(std::env::var("OUT_DIR")?);
    pack_document(&crate_folder.join("../infra/openapi.json"), &folder)?;
    pack_page(&crate_folder.join("../web/dist"), &folder)
}

fn packed(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(content)?;
    packed.finish()
}

fn pack_document(checked_in: &Path, folder: &Path) -> Result<()> {
    println!("cargo::rerun-if-changed={}", checked_in.display());
    let document: Value = serde_json::from_slice(&std::fs::read(checked_in)?)?;
    let document = serde_json::to_vec(&document)?;
    std::fs::write(folder.join("openapi.json.gz"), packed(&document)?)?;
    std::fs::write(folder.join("openapi.json"), document)?;
    Ok(())
}

/// Writes `page.rs`: an expression with all files of the page, each as it is and packed.
fn pack_page(built: &Path, folder: &Path) -> Result<()> {
    println!("cargo::rerun-if-changed={}", built.display());
    let entries = std::fs::read_dir(built)?.collect::<io::Result<Vec<_>>>()?;
    let mut names: Vec<String> = entries
        .iter()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort_unstable();
    let packed_folder = folder.join("page");
    std::fs::create_dir_all(&packed_folder)?;
    let mut table = String::from("&[\n");
    for name in names {
        let (plain, gzip) = (built.join(&name).canonicalize()?, packed_folder.join(&name));
        std::fs::write(&gzip, packed(&std::fs::read(&plain)?)?)?;
        writeln!(
            table,
            "File {{ name: {name:?}, content: include_bytes!({plain:?}), gzip: include_bytes!({gzip:?}) }},"
        )?;
    }
    table.push(']');
    std::fs::write(folder.join("page.rs"), table)?;
    Ok(())
}
