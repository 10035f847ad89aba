//! From a clone to a lab: each step is done only when its inputs changed.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::lock::Lock;
use crate::project::Project;
use crate::{kernel, python_env, seed, tools};

/// Sets up what is missing.
///
/// # Errors
///
/// When a tool is missing, the network is needed and not there, or a step
/// fails; each says what to do next.
pub(crate) fn run(project: &Project) -> Result<()> {
    let _one_at_a_time = Lock::take(
        &project.lab().join("stamps/lock"),
        "Another set-up of this clone is under way, this one waits for it.",
    )?;
    tools::check(project)?;
    // IPython, which JupyterLab brings along, warns on stderr at every start
    // when the parent of its directory is not there.
    fs::create_dir_all(project.jupyter())
        .context("can't make a directory in .lab")?;
    python_env::make(project)?;
    kernel::build(project)?;
    kernel::install_specs(project)?;
    seed::make(project)
}

/// Says what the set-up made and where it lies.
pub(crate) fn say_what_is_where(project: &Project) {
    println!("The lab is ready.");
    for (what, path) in [
        ("JupyterLab", project.venv_bin("jupyter")),
        ("kernel", project.kernel()),
        ("prepared build directory", project.seed()),
        ("lessons", project.notebooks()),
        ("your copies of them", project.work().join("notebooks")),
    ] {
        let path = path.strip_prefix(project.root()).unwrap_or(&path);
        println!("  {what:<25} {}", path.display());
    }
    println!("Open it: `cargo lab`, or the slides: `cargo lab slides 01`");
}

/// Remembers from which inputs a step was done.
pub(crate) struct Stamp {
    path: PathBuf,
    inputs: u64,
}

impl Stamp {
    /// The stamp of step `name` for these inputs; a path stands for what lies
    /// there, so that a `git checkout` that touches files costs nothing.
    pub(crate) fn of(
        project: &Project,
        name: &str,
        paths: &[PathBuf],
        words: &[&str],
    ) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        // Everything that is made knows its own path; a clone that was moved
        // makes it anew.
        project.root().hash(&mut hasher);
        words.hash(&mut hasher);
        for path in paths {
            hash_contents(path, &mut hasher)
                .with_context(|| format!("can't read {}", path.display()))?;
        }
        Ok(Self {
            path: project.lab().join("stamps").join(name),
            inputs: hasher.finish(),
        })
    }

    /// Whether the step was done from the same inputs.
    pub(crate) fn is_fresh(&self) -> bool {
        fs::read_to_string(&self.path)
            .is_ok_and(|stored| stored == self.inputs.to_string())
    }

    /// The step is done.
    pub(crate) fn set(&self) -> Result<()> {
        let stamps = self.path.parent().expect("a stamp lies in a directory");
        fs::create_dir_all(stamps)?;
        fs::write(&self.path, self.inputs.to_string())?;
        Ok(())
    }
}

fn hash_contents(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    path.file_name().hash(hasher);
    if !path.is_dir() {
        fs::read(path)?.hash(hasher);
        return Ok(());
    }
    let mut entries = fs::read_dir(path)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    entries.sort();
    entries
        .iter()
        .try_for_each(|entry| hash_contents(entry, hasher))
}
