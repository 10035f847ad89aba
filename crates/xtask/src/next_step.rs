//! What to do about an error that the machine makes, not the lab: one line
//! below the error.

use std::io;
use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem, StorageFull};

/// The next step after `error`, where one is known for everybody.
pub(crate) fn after(error: &anyhow::Error) -> Option<&'static str> {
    let error = error.chain().find_map(|cause| cause.downcast_ref())?;
    match io::Error::kind(error) {
        PermissionDenied => Some(
            "The lab writes into its clone, which belongs to somebody else: \
             clone netlab anew into a directory of your own.",
        ),
        ReadOnlyFilesystem => Some(
            "The lab writes into its clone: move it to a disk that can be \
             written to.",
        ),
        StorageFull => Some(
            "The disk is full. The lab needs 2 GB; what its last export left \
             in target/site can be deleted.",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use anyhow::{Context, anyhow};

    use super::*;

    /// As the lab meets it: the system's error below what was tried.
    fn failed(number: i32) -> anyhow::Error {
        Err::<(), _>(io::Error::from_raw_os_error(number))
            .context("can't write .lab/jupyter/lab.lock")
            .unwrap_err()
    }

    #[test]
    fn error_of_the_machine_has_a_next_step() {
        const EACCES: i32 = 13;
        const ENOSPC: i32 = 28;
        const EROFS: i32 = 30;
        for (number, expected) in [
            (EACCES, "a directory of your own"),
            (EROFS, "can be written to"),
            (ENOSPC, "2 GB"),
        ] {
            let step = after(&failed(number)).unwrap();
            assert!(step.contains(expected), "{number}: {step}");
        }
    }

    #[test]
    fn other_errors_speak_for_themselves() {
        const ENOENT: i32 = 2;
        assert_eq!(after(&failed(ENOENT)), None);
        assert_eq!(after(&anyhow!("no lesson 09")), None);
    }
}
