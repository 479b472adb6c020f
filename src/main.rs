//! The program `wimproof`: parse, run, exit code.

fn main() -> std::process::ExitCode {
    wimproof::cli::main()
}
