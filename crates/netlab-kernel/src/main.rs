//! The Jupyter kernel of the netlab lessons.
//!
//! One executable, three roles:
//!
//! - **front end**, `netlab-kernel --control_file FILE`: speaks the Jupyter
//!   protocol. It is `evcxr_jupyter` as it is, given a prepared build
//!   directory of its own (see [`build_dir`]).
//! - **child**, started by `evcxr` with an environment variable: loads and
//!   runs the compiled cells. [`evcxr::runtime_hook`] never returns there.
//! - **seed maker**, `netlab-kernel seed`: compiles the helper crate once, the
//!   way a cell would, so that no kernel has to do it again (see [`seed`]).

mod build_dir;
mod front_end;
mod seed;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Runs Rust cells for Jupyter. Started by Jupyter from a kernelspec; the
/// command `cargo lab setup` of the repository installs it.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    role: Option<Role>,
    #[command(flatten)]
    front_end: FrontEnd,
}

#[derive(Args)]
#[group(required = true)]
struct FrontEnd {
    /// The connection file that Jupyter wrote for this kernel.
    // The name with the underscore is fixed by `evcxr_jupyter`, which reads
    // the arguments of the process itself.
    #[arg(long = "control_file", value_name = "FILE")]
    control_file: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Role {
    /// Compiles a `:dep` line once; the kernels start from the result.
    Seed {
        /// The line as a notebook says it, `:dep netlab = { path = "…" }`.
        #[arg(long)]
        dep: String,
    },
}

fn main() -> ExitCode {
    // Must come first: in the child process this call does not return, and
    // without it every child would start a kernel with children of its own.
    evcxr::runtime_hook();

    let cli = Cli::parse();
    let done = match (cli.role, cli.front_end.control_file) {
        (Some(Role::Seed { dep }), _) => seed::make(&dep),
        (None, Some(control_file)) => front_end::run(&control_file),
        (None, None) => unreachable!("clap asks for one of the two"),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Not the debug form, which would add a backtrace of ours.
            eprintln!("netlab-kernel: {error:#}");
            ExitCode::FAILURE
        }
    }
}
