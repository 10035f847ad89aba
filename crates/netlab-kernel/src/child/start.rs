//! How the child begins.

// Environment and descriptors, before any thread exists.
#![allow(unsafe_code)]

use std::env;
use std::io::Result;
use std::os::fd::IntoRawFd;
use std::path::Path;

use super::descriptors::{self, Descriptors, hide};
use super::{
    crash, end, input, interrupt, listener, quiet, real, relay, report, run,
    state,
};
use crate::channel::{self, FromChild};

/// Set by `evcxr` in the process that runs the cells.
const IS_CHILD: &str = "EVCXR_IS_RUNTIME";

/// Runs cells and never returns, if this process is a child of our own front
/// end. A child of the stock one is `evcxr::runtime_hook()`'s business.
pub(crate) fn run_if_asked() {
    if env::var_os(IS_CHILD).is_none() {
        return;
    }
    let Some(socket) = env::var_os(channel::SOCKET) else {
        return;
    };
    match start(Path::new(&socket)) {
        Ok(own) => run::cells(own),
        Err(error) => {
            eprintln!(
                "netlab-kernel: the process for the cells can't start: {error}"
            );
            end::quietly(1);
        }
    }
}

fn start(socket: &Path) -> Result<&'static Descriptors> {
    real::resolve();
    end::lead_group();
    end::flush_at_exit();
    let channel = channel::connect(socket)?;
    report::connected(hide(channel.into_raw_fd())?);
    let interpose = env::var_os(channel::INTERPOSE).is_none_or(|it| it != "0");
    forget_environment();

    let own = descriptors::take_over()?;
    input::start()?;
    crash::install();
    report::message(&FromChild::Hello {
        pid: std::process::id(),
    });
    quiet::threads(|| {
        report::start()?;
        relay::start(own)?;
        interrupt::start()?;
        listener::start(own)
    })?;
    state::become_main();
    state::set_active(interpose);
    Ok(own)
}

/// What `evcxr` and the front end set for this process is not for the
/// programs that a cell starts: a kernel among them would take itself for a
/// child. `evcxr` also asks for a backtrace with every panic; a cell that
/// wants one can say so.
fn forget_environment() {
    for name in [
        IS_CHILD,
        channel::SOCKET,
        channel::INTERPOSE,
        "RUST_BACKTRACE",
    ] {
        // SAFETY: this is the only thread.
        unsafe { env::remove_var(name) };
    }
}
