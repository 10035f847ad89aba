//! The file in which Jupyter tells a kernel where to listen.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::wire::ConnectionInfo;

/// The only way of signing messages that Jupyter has ever used.
const SIGNATURE: &str = "hmac-sha256";

/// Reads the connection file.
///
/// # Errors
///
/// When there is none, or when it is not what Jupyter writes; each message is
/// one line that names the file.
pub(crate) fn read(path: &Path) -> Result<ConnectionInfo> {
    ensure!(
        path.is_file(),
        "no connection file at {}: Jupyter writes it and starts the kernel, \
         `cargo lab` opens a Jupyter that does",
        path.display()
    );
    let text = fs::read_to_string(path).with_context(|| {
        format!("can't read the connection file {}", path.display())
    })?;
    let info: ConnectionInfo =
        serde_json::from_str(&text).with_context(|| {
            format!(
                "{} is no connection file, or only half of one",
                path.display()
            )
        })?;
    ensure!(
        info.key.is_empty() || info.signature_scheme == SIGNATURE,
        "{} asks for signatures by `{}`; this kernel knows only `{SIGNATURE}`",
        path.display(),
        info.signature_scheme
    );
    Ok(info)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("kernel.json");
        fs::write(&path, text).unwrap();
        format!("{:#}", read(&path).unwrap_err())
    }

    #[test]
    fn half_written_file_is_named_in_one_line() {
        let said = refused(r#"{"ip": "127.0.0.1", "shell_port": 1"#);
        assert!(said.contains("kernel.json"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }

    #[test]
    fn unknown_signature_is_refused_by_name() {
        let said = refused(
            r#"{"transport": "tcp", "ip": "127.0.0.1", "key": "k",
            "signature_scheme": "rot13", "shell_port": 1, "iopub_port": 2,
            "stdin_port": 3, "control_port": 4, "hb_port": 5}"#,
        );
        assert!(said.contains("rot13"), "{said}");
    }
}
