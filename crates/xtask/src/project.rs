//! Where things lie. Nothing is written outside `.lab/` and `target/`.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The directories of this clone.
pub(crate) struct Project {
    root: PathBuf,
    /// What belongs to one person: the copies of the lessons and what
    /// JupyterLab writes. Where somebody gives it another place, the rest of
    /// `.lab` serves several people.
    desk: PathBuf,
}

/// Names another directory for what belongs to one person.
pub(crate) const DESK: &str = "NETLAB_DESK";

impl Project {
    /// The clone in which cargo runs this executable.
    ///
    /// Asked at run time: cargo does not compile it again in a clone that was
    /// moved or copied, and what was true when it was compiled would send it
    /// to the old place.
    pub(crate) fn here() -> Self {
        let xtask = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = xtask
            .ancestors()
            .nth(2)
            .expect("the manifest lies in crates/xtask");
        let lab = root.join(".lab");
        let desk = env::var_os(DESK)
            .filter(|desk| !desk.is_empty())
            .and_then(|desk| std::path::absolute(desk).ok());
        Self {
            root: root.to_path_buf(),
            desk: desk.unwrap_or(lab),
        }
    }

    /// A clone at another place.
    #[cfg(test)]
    pub(crate) fn at(root: PathBuf) -> Self {
        let desk = root.join(".lab");
        Self { root, desk }
    }

    /// The same clone for another person.
    #[cfg(test)]
    pub(crate) fn with_desk(mut self, desk: &Path) -> Self {
        self.desk = desk.to_path_buf();
        self
    }

    /// A path given from the root of the clone.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The root of the clone.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Everything that set-up makes and a `git clean` may take away.
    pub(crate) fn lab(&self) -> PathBuf {
        self.path(".lab")
    }

    /// The private Python environment.
    pub(crate) fn venv(&self) -> PathBuf {
        self.path(".lab/venv")
    }

    /// What JupyterLab writes while it runs.
    pub(crate) fn jupyter(&self) -> PathBuf {
        self.desk.join("jupyter")
    }

    /// A program of the private Python environment.
    pub(crate) fn venv_bin(&self, program: &str) -> PathBuf {
        self.venv().join("bin").join(program)
    }

    /// Where the kernels compile their cells, a directory for each.
    pub(crate) fn build_root(&self) -> PathBuf {
        self.path(".lab/build")
    }

    /// The build directory in which the helper crate is compiled already.
    pub(crate) fn seed(&self) -> PathBuf {
        self.path(".lab/build/seed")
    }

    /// The kernel's executable.
    pub(crate) fn kernel(&self) -> PathBuf {
        self.path("target/release/netlab-kernel")
    }

    /// The lessons.
    pub(crate) fn notebooks(&self) -> PathBuf {
        self.path("notebooks")
    }

    /// What a student sees in JupyterLab, with the working copies.
    pub(crate) fn work(&self) -> PathBuf {
        self.desk.join("work")
    }

    /// The notebooks that git tracks, as JupyterLab shows them to who writes
    /// them.
    pub(crate) fn course(&self) -> PathBuf {
        self.desk.join("course")
    }

    /// The layouts of JupyterLab's panels.
    pub(crate) fn workspaces(&self) -> PathBuf {
        self.jupyter().join("workspaces")
    }

    /// What a running JupyterLab says of itself.
    pub(crate) fn runtime(&self) -> PathBuf {
        self.jupyter().join("runtime")
    }

    /// A path as a person in the clone would type it.
    pub(crate) fn shown<'p>(&self, path: &'p Path) -> std::path::Display<'p> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }

    /// A cargo that builds what it would build for a person in the clone.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = Command::new("cargo");
        // A crate of rust-analyzer is compiled anew whenever this changes, and
        // with it everything above.
        cargo.current_dir(&self.root).env_remove("CI");
        // So is `ring`, by what `cargo run` says of this executable.
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if OF_CARGO_RUN.iter().any(|start| text.starts_with(start)) {
                cargo.env_remove(&name);
            }
        }
        cargo
    }

    /// A program of the Python environment that sees none of the user's own
    /// Jupyter configuration and writes into none of the user's directories.
    pub(crate) fn python(&self, program: &str) -> Command {
        let jupyter = self.jupyter();
        let mut command = Command::new(self.venv_bin(program));
        command
            .current_dir(&self.root)
            .env("JUPYTER_CONFIG_DIR", self.path(".jupyter"))
            .env("JUPYTER_DATA_DIR", jupyter.join("data"))
            .env("JUPYTER_RUNTIME_DIR", self.runtime())
            .env("JUPYTERLAB_SETTINGS_DIR", jupyter.join("settings"))
            .env("JUPYTERLAB_WORKSPACES_DIR", self.workspaces())
            .env("JUPYTER_PREFER_ENV_PATH", "1")
            .env("IPYTHONDIR", jupyter.join("ipython"))
            // Where the server notebook says its address to the client notebook.
            .env("NETLAB_RENDEZVOUS", self.desk.join("rendezvous"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONPATH", self.path("crates/xtask/python"))
            .env_remove("JUPYTER_PATH");
        // `cargo run` puts its own directories in front of where libraries are
        // looked for. A cell would load the `libnetlab.so` of a test build
        // there instead of the one it was compiled with, and die of it.
        match env::var_os("LD_LIBRARY_PATH") {
            Some(path) => {
                command.env("LD_LIBRARY_PATH", self.without_cargo(&path))
            }
            None => &mut command,
        };
        command
    }

    /// A search path without the directories that cargo added for this
    /// process: its target directory and the toolchain.
    fn without_cargo(&self, path: &OsStr) -> OsString {
        let target = self.path("target");
        let toolchains = Path::new("toolchains");
        let kept = env::split_paths(path).filter(|entry| {
            !entry.starts_with(&target)
                && !entry
                    .components()
                    .any(|part| part.as_os_str() == toolchains)
        });
        env::join_paths(kept).unwrap_or_default()
    }
}

/// How the variables begin that `cargo run` sets for what it runs.
const OF_CARGO_RUN: [&str; 2] = ["CARGO_MANIFEST_", "CARGO_PKG_"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_is_told_nothing_of_this_executable() {
        // `cargo test` sets the same ones.
        assert!(env::var_os("CARGO_MANIFEST_DIR").is_some());
        let cargo = Project::here().cargo();
        for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CI"] {
            let removed = (OsStr::new(name), None);
            assert!(cargo.get_envs().any(|env| env == removed), "{name}");
        }
    }

    #[test]
    fn libraries_of_cargo_are_not_found_by_cells() {
        let project = Project::here();
        let target = project.path("target/debug/deps");
        let path = env::join_paths([
            target.as_path(),
            Path::new("/home/u/.rustup/toolchains/stable/lib"),
            Path::new("/opt/lib"),
        ])
        .unwrap();
        assert_eq!(project.without_cargo(&path), "/opt/lib");
    }
}
