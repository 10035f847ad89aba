//! `cargo`, as `evcxr` runs it: the compile service of the kernel, or the
//! kernel as cargo.

use std::env;
use std::io::{self, Write};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::call::{self, Built, Call};

/// Does what the arguments ask of cargo.
pub(crate) fn run(directory: &Path) -> io::Result<ExitCode> {
    // Without an answer, and after a no: whatever the reason is, the kernel
    // as cargo finds out what is to be done.
    if let Ok(Some(built)) = ask(directory) {
        // A front end that has gone needs no messages.
        let _ = io::stderr().write_all(&built.err);
        let _ = io::stdout().write_all(&built.out);
        return Ok(ExitCode::from(built.code));
    }
    Err(Command::new(directory.join("kernel"))
        .arg0(directory.join("cargo"))
        .args(env::args_os().skip(1))
        .exec())
}

/// Asks the service to build what cargo is asked to.
fn ask(directory: &Path) -> io::Result<Option<Built>> {
    let mut service = UnixStream::connect(directory.join(call::SOCKET))?;
    let call = Call {
        directory: env::current_dir()?.into_os_string().into_vec(),
        arguments: env::args_os().skip(1).map(OsStringExt::into_vec).collect(),
        environment: env::vars_os()
            .map(|(name, value)| (name.into_vec(), value.into_vec()))
            .collect(),
    };
    call::write(&mut service, &call.into_parts())?;
    Ok(Built::from_parts(call::read(&mut service)?))
}
