//! A spare kernel that waits for somebody to use it.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use procfs::process::Process;
use serde::{Deserialize, Serialize};
use socket2::{Domain, SockAddr, Socket, Type};

use super::hand_over::READY;
use super::{Fit, HandOver, Signal};
use crate::link;

/// How often the lab and the files are looked at.
const LOOK: Duration = Duration::from_millis(500);

/// How long a launcher may take to say what it was given.
const PATIENCE: Duration = Duration::from_secs(2);

/// The offer as launchers read it, a file in the build directory.
#[derive(Serialize, Deserialize)]
pub(super) struct Notice {
    pub(super) socket: PathBuf,
    pub(super) fit: Fit,
}

/// The name of that file.
pub(super) const NOTICE: &str = "spare.json";

/// A spare kernel, until it is used.
pub(crate) struct Offer {
    listener: Socket,
    notice: Notice,
    file: PathBuf,
    lab: (i32, u64),
}

/// The launcher that uses this kernel.
pub(crate) struct Adopted(Socket);

impl Offer {
    /// Offers the kernel that builds in `build_dir`, for as long as the
    /// process `lab` lives.
    ///
    /// # Errors
    ///
    /// When there is no such process, or the socket can't be made.
    pub(crate) fn make(build_dir: &Path, fit: Fit, lab: i32) -> Result<Self> {
        let started = started(lab).context("there is no such lab")?;
        fs::create_dir_all(build_dir)?;
        let socket = link::socket_in(build_dir, "spare");
        // A leftover of a process that had this number before.
        let _ = fs::remove_file(&socket);
        let listener = Socket::new(Domain::UNIX, Type::SEQPACKET, None)?;
        listener.bind(&SockAddr::unix(&socket)?)?;
        fs::set_permissions(&socket, fs::Permissions::from_mode(0o600))?;
        listener.listen(4)?;
        listener.set_read_timeout(Some(LOOK))?;
        let notice = Notice { socket, fit };
        let file = build_dir.join(NOTICE);
        // Complete from the first moment on.
        let draft = build_dir.join("spare.json.new");
        fs::write(&draft, serde_json::to_vec(&notice)?)?;
        fs::rename(draft, &file)?;
        Ok(Self {
            listener,
            notice,
            file,
            lab: (lab, started),
        })
    }

    /// Waits for a launcher; None when nobody will come any more, or none
    /// that this kernel fits.
    pub(crate) fn wait(self) -> Option<(Adopted, HandOver)> {
        loop {
            if started(self.lab.0) != Some(self.lab.1)
                || !self.notice.fit.is_fresh()
                || !self.file.is_file()
            {
                return None;
            }
            let Ok((launcher, _)) = self.listener.accept() else {
                continue;
            };
            if let Some(adopted) = take(launcher) {
                return Some(adopted);
            }
        }
    }
}

impl Drop for Offer {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file);
        let _ = fs::remove_file(&self.notice.socket);
    }
}

/// Takes what the launcher was given, and its output.
fn take(launcher: Socket) -> Option<(Adopted, HandOver)> {
    if !is_the_same_user(&launcher) {
        return None;
    }
    launcher.set_read_timeout(Some(PATIENCE)).ok()?;
    let (hand_over, descriptors) = HandOver::receive(&launcher).ok()?;
    launcher.set_read_timeout(None).ok()?;
    if let [output, error] = descriptors.as_slice() {
        let _ = nix::unistd::dup2_stdout(output);
        let _ = nix::unistd::dup2_stderr(error);
    }
    Some((Adopted(launcher), hand_over))
}

/// Whether the process at the other end belongs to the same user.
pub(super) fn is_the_same_user(socket: &Socket) -> bool {
    rustix::net::sockopt::socket_peercred(socket)
        .is_ok_and(|peer| peer.uid.as_raw() == nix::unistd::geteuid().as_raw())
}

/// When a process has started; None for one that has ended.
fn started(pid: i32) -> Option<u64> {
    let stat = Process::new(pid).ok()?.stat().ok()?;
    (stat.state != 'Z').then_some(stat.starttime)
}

impl Adopted {
    /// Tells the launcher that the sockets are bound.
    pub(crate) fn ready(&self) {
        let _ = (&self.0).write(&[READY]);
    }

    /// Waits for a signal that the launcher hands on; None when it has ended.
    pub(crate) fn signal(&self) -> Option<Signal> {
        let mut byte = [0];
        loop {
            match (&self.0).read(&mut byte) {
                Ok(1) => {
                    if let Some(signal) = Signal::of(byte[0]) {
                        return Some(signal);
                    }
                }
                Err(error)
                    if error.kind() == std::io::ErrorKind::Interrupted => {}
                _ => return None,
            }
        }
    }

    /// Tells the launcher with which code to end.
    pub(crate) fn end(&self, code: u8) {
        let _ = (&self.0).write(&[code]);
    }
}
