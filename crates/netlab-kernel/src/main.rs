//! The Jupyter kernel of the netlab lessons.
//!
//! One executable, seven roles:
//!
//! - **front end**, `netlab-kernel --connection-file FILE`: speaks the Jupyter
//!   protocol, on the `evcxr` crate (see [`front_end`] and [`engine`]).
//! - **stock front end**, `netlab-kernel --control_file FILE`: `evcxr_jupyter`
//!   as it is, given a prepared build directory of its own (see
//!   [`stock_front_end`]).
//! - **child**, started by `evcxr` with an environment variable: loads and
//!   runs the compiled cells (see [`child`]; [`evcxr::runtime_hook`] for the
//!   stock front end).
//! - **driver**, started by `evcxr` as cargo: runs the compiler without cargo
//!   when nothing but the cell has changed (see [`driver`]).
//! - **seed maker**, `netlab-kernel seed`: compiles the helper crate once, the
//!   way a cell would, so that no kernel has to do it again (see [`seed`]).
//! - **spare**, `netlab-kernel spare`: a front end that is ready before it is
//!   asked for (see [`spare`]).
//! - **analyst**, started by the front end: answers completion and inspection
//!   beside the cells (see [`analyst`]).
//!
//! A request comes in by [`wire`], is served by [`front_end`], goes to the
//! [`engine`] if it is a cell, and from there by the [`link`] to the child;
//! what the child reports comes back as [`events`], by [`output`] or as a
//! [`failure`], to the [`publisher`].

mod analyst;
mod build_dir;
mod cells;
mod channel;
mod child;
mod commands;
mod connection_file;
mod driver;
mod engine;
mod events;
mod failure;
mod front_end;
mod history;
mod input;
mod interrupt;
mod kernel;
mod link;
mod output;
mod publisher;
mod seed;
mod spare;
mod stock_front_end;
mod stopwatch;
mod versions;
mod wire;

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
    #[arg(long, value_name = "FILE")]
    connection_file: Option<PathBuf>,
    /// The same, to be served by `evcxr_jupyter`.
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
        /// The `Cargo.lock` whose versions of crates are taken.
        #[arg(long, value_name = "FILE")]
        lock: Option<PathBuf>,
    },
    /// Starts a kernel that waits for Jupyter to need one.
    Spare {
        /// The process of JupyterLab; the kernel ends with it.
        #[arg(long, value_name = "PID")]
        lab: i32,
    },
    /// Answers questions about code; only a kernel starts it.
    #[command(hide = true)]
    Analyst,
}

fn main() -> ExitCode {
    // Must come first: in a process with one of these roles the calls do not
    // return, and without them every child would start a kernel with children
    // of its own.
    driver::run_if_asked();
    child::run_if_asked();
    evcxr::runtime_hook();

    let cli = Cli::parse();
    let front_end = cli.front_end;
    let done =
        match (cli.role, front_end.connection_file, front_end.control_file) {
            (Some(Role::Seed { dep, lock }), ..) => {
                seed::make(&dep, lock.as_deref())
            }
            (Some(Role::Spare { lab }), ..) => spare::run(lab),
            (Some(Role::Analyst), ..) => analyst::serve(),
            (None, Some(file), _) => front_end::run(&file),
            (None, None, Some(file)) => stock_front_end::run(&file),
            (None, None, None) => unreachable!("clap asks for one of them"),
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
