//! A kernel that is ready before anybody has asked for one.
//!
//! It takes seconds until `evcxr` has started and the helper crate is loaded,
//! and more until the analyst has read the libraries. So an open lab has a
//! spare kernel: a complete one without a connection file. The process that
//! Jupyter starts looks for one that fits ([`Fit`]), hands over what it was
//! given, and stays as a thin launcher in front of it:
//!
//! - [`offer`]: the spare kernel waits for a launcher, and for the end of the
//!   lab;
//! - [`launcher`]: finds a spare kernel, and is its process for Jupyter;
//! - [`hand_over`]: what the two say to each other.
//!
//! They are connected for as long as the kernel lives. The end of the one
//! closes the connection, and that ends the other. A kernel that can't get a
//! spare one for any reason starts by itself.

mod fit;
mod hand_over;
pub(crate) mod launcher;
mod offer;

use std::env;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::front_end::{self, build_root};
pub(crate) use fit::Fit;
pub(crate) use hand_over::{HandOver, Signal};
pub(crate) use offer::{Adopted, Offer};

/// How many spare kernels there are to be; unset means none.
pub(crate) const SPARES: &str = "NETLAB_SPARES";

/// Says to the second life of a spare kernel what it fits.
pub(crate) const FIT: &str = "NETLAB_SPARE_FIT";

/// How many spare kernels are wanted.
pub(crate) fn wanted() -> usize {
    env::var(SPARES)
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

/// Starts a spare kernel for the lab that the process `lab` serves, unless
/// there are enough. It outlives this process.
pub(crate) fn start_another(lab: Option<i32>) {
    let (Some(lab), Some(fit), Ok(root)) =
        (lab, Fit::inherited(), build_root())
    else {
        return;
    };
    if launcher::count(&root, &fit) >= wanted() {
        return;
    }
    if let Err(error) = start(lab) {
        eprintln!("netlab-kernel: no spare kernel: {error:#}");
    }
}

fn start(lab: i32) -> Result<()> {
    let mut spare = Command::new(env::current_exe()?);
    spare.args(["spare", "--lab", &lab.to_string()]);
    front_end::restore_environment(&mut spare);
    let status = spare.stdin(Stdio::null()).status()?;
    ensure!(status.success(), "it ended with {status}");
    Ok(())
}

/// Is a spare kernel for the lab that the process `lab` serves.
///
/// The first process starts a second one and ends: Jupyter would not collect
/// a child that it does not know, and Ctrl-C in the terminal of the lab is not
/// for a spare kernel.
///
/// # Errors
///
/// When no process can be started, or when there is no such lab.
pub(crate) fn run(lab: i32) -> Result<()> {
    if let Some(fit) = Fit::inherited() {
        return front_end::run_spare(lab, fit);
    }
    if wanted() == 0 {
        return Ok(());
    }
    Command::new(env::current_exe()?)
        .args(env::args_os().skip(1))
        .env(FIT, Fit::of_this_process()?.to_text())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .context("can't start the spare kernel")?;
    Ok(())
}
