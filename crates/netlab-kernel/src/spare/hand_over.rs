//! What a launcher and a spare kernel say to each other.
//!
//! The launcher sends one packet with its standard output and error. The
//! kernel answers with [`READY`] when its sockets are bound; after that the
//! launcher sends signals, and the kernel at its very end the exit code.

use std::collections::BTreeMap;
use std::env;
use std::io::{IoSlice, IoSliceMut, Result};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::{Deserialize, Serialize};
use socket2::Socket;

/// The answer of a spare kernel that is used from now on.
pub(super) const READY: u8 = b'R';

/// Room for the variables of a launcher; `execve(2)` allows 2 MiB in all.
const PACKET: usize = 160 * 1024;

/// What a launcher was given by Jupyter.
#[derive(Serialize, Deserialize)]
pub(crate) struct HandOver {
    pub(crate) connection_file: PathBuf,
    pub(crate) variables: BTreeMap<String, String>,
}

/// A signal that a launcher hands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    Interrupt = b'I' as isize,
    Terminate = b'T' as isize,
}

impl Signal {
    pub(super) fn of(byte: u8) -> Option<Self> {
        [Self::Interrupt, Self::Terminate]
            .into_iter()
            .find(|signal| *signal as u8 == byte)
    }
}

impl HandOver {
    /// What this process was given.
    pub(super) fn of_this_process(connection_file: PathBuf) -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self {
            connection_file,
            variables: env::vars_os().filter_map(text).collect(),
        }
    }

    /// Sends it together with the standard output and error.
    pub(super) fn send(&self, to: &Socket) -> Result<()> {
        let packet = serde_json::to_vec(self)?;
        let (output, error) = (std::io::stdout(), std::io::stderr());
        let descriptors = [output.as_fd(), error.as_fd()];
        let mut space =
            [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        control.push(SendAncillaryMessage::ScmRights(&descriptors));
        let sent = sendmsg(
            to,
            &[IoSlice::new(&packet)],
            &mut control,
            SendFlags::NOSIGNAL,
        )?;
        if sent < packet.len() {
            return Err(std::io::ErrorKind::WriteZero.into());
        }
        Ok(())
    }

    /// Receives one, with the launcher's standard output and error.
    pub(super) fn receive(from: &Socket) -> Result<(Self, Vec<OwnedFd>)> {
        let mut packet = vec![0; PACKET];
        let mut space =
            [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let received = recvmsg(
            from,
            &mut [IoSliceMut::new(&mut packet)],
            &mut control,
            RecvFlags::CMSG_CLOEXEC,
        )?;
        let mut descriptors = Vec::new();
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(received) = message {
                descriptors.extend(received);
            }
        }
        let hand_over = serde_json::from_slice(&packet[..received.bytes])?;
        Ok((hand_over, descriptors))
    }
}
