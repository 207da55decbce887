//! `cargo run`: the whole backend in one process.

fn main() -> std::process::ExitCode {
    muster_local::cli::main()
}
