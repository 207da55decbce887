//! Packs the OpenAPI document: what is checked in for people to read is ten times as long as what goes over the wire.
#![expect(
    clippy::disallowed_methods,
    reason = "Cargo tells build scripts what they need in the environment"
)]

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use std::io::Write as _;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let checked_in = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../infra/openapi.json");
    println!("cargo::rerun-if-changed={}", checked_in.display());
    let document: Value = serde_json::from_slice(&std::fs::read(checked_in)?)?;
    let document = serde_json::to_vec(&document)?;
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&document)?;
    let folder = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(folder.join("openapi.json"), document)?;
    std::fs::write(folder.join("openapi.json.gz"), packed.finish()?)?;
    Ok(())
}
