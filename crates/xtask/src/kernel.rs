//! The kernel: compiling it, and the two kernelspecs that start it.

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::Kernel;
use crate::project::Project;
use crate::step::Step;

/// Compiles `netlab-kernel`; takes minutes the first time, half a second when
/// there is nothing to do.
///
/// # Errors
///
/// When the crates can't be downloaded or do not compile.
pub(crate) fn build(project: &Project) -> Result<()> {
    fetch(project)?;
    let mut cargo = project
        .cargo()
        .args([
            "build",
            "--release",
            "--locked",
            "--package",
            "netlab-kernel",
        ])
        .args([
            "--offline",
            "--quiet",
            "--message-format=json-render-diagnostics",
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("can't run cargo")?;

    let mut seen = HashSet::new();
    // The step shows itself when cargo has something to compile, not before.
    let mut step: Option<Step> = None;
    let messages =
        BufReader::new(cargo.stdout.take().expect("stdout is piped"));
    for message in messages.lines() {
        let message: Value = serde_json::from_str(&message?)?;
        let Some(package) = message["package_id"].as_str() else {
            continue;
        };
        if !seen.insert(package.to_owned()) {
            continue;
        }
        if step.is_none() && message["fresh"] == false {
            let title = "kernel (about ten minutes the first time)";
            step = Some(Step::of(packages(project)?, title));
        }
        if let Some(step) = &step {
            let name = package.rsplit('#').next().unwrap_or(package);
            step.at(seen.len(), name);
        }
    }
    if !cargo.wait()?.success() {
        bail!("the kernel does not compile; what cargo says stands above");
    }
    if let Some(step) = step {
        step.done();
    }
    Ok(())
}

/// Downloads every crate of the workspace, so that all later steps, the cells
/// included, work without a network.
fn fetch(project: &Project) -> Result<()> {
    let fetch = |offline: &[&str]| {
        let mut cargo = project.cargo();
        cargo.args(["fetch", "--locked", "--quiet"]).args(offline);
        cargo
    };
    // Offline first: with everything in place this needs no network, so a
    // laptop on stage never waits for a name server that does not answer.
    if fetch(&["--offline"]).output()?.status.success() {
        return Ok(());
    }
    let step = Step::start("crates");
    step.download(&mut fetch(&[]))?;
    step.done();
    Ok(())
}

/// How many packages cargo will report while it builds the kernel.
fn packages(project: &Project) -> Result<u64> {
    let tree = project
        .cargo()
        .args([
            "tree",
            "--offline",
            "--locked",
            "--package",
            "netlab-kernel",
        ])
        .args(["--edges", "normal,build", "--prefix", "none", "--no-dedupe"])
        .output()?;
    let lines = String::from_utf8_lossy(&tree.stdout).into_owned();
    let packages: HashSet<_> = lines
        .lines()
        .filter_map(|line| line.split(" (").next())
        .collect();
    Ok(packages.len() as u64)
}

/// Writes the kernelspecs `rust` and `rust-evcxr` into the private Python
/// environment. No kernelspec of the user is read or touched.
///
/// # Errors
///
/// When the files can't be written.
pub(crate) fn install_specs(project: &Project) -> Result<()> {
    // Both read a configuration of the lab, not the user's own: `offline_mode`
    // makes cargo take what is downloaded already, without asking the network.
    // A cell with `:offline 0` turns that off, for a `:dep` of one's own.
    let configuration = "[evcxr]\noffline_mode = true\n";
    for kernel in Kernel::ALL {
        let config = project.lab().join("evcxr").join(kernel.name());
        write(&config.join("evcxr.toml"), configuration)?;
        let spec = project
            .venv()
            .join("share/jupyter/kernels")
            .join(kernel.name());
        let spec_text =
            serde_json::to_string_pretty(&spec_of(project, kernel, &config))?;
        write(&spec.join("kernel.json"), spec_text + "\n")?;
        let (drawing, image) = logo(kernel);
        write(&spec.join("logo-svg.svg"), drawing)?;
        write(&spec.join("logo-64x64.png"), image)?;
    }
    Ok(())
}

/// The logo of a kernel, drawn and as the image that is made from the drawing.
fn logo(kernel: Kernel) -> (&'static str, &'static [u8]) {
    match kernel {
        Kernel::Rust => (
            include_str!("../logos/rust.svg"),
            include_bytes!("../logos/rust-64x64.png"),
        ),
        Kernel::RustEvcxr => (
            include_str!("../logos/rust-evcxr.svg"),
            include_bytes!("../logos/rust-evcxr-64x64.png"),
        ),
    }
}

/// The line with which the notebooks load the helper crate. A kernel executes
/// it before the first cell, so that the cell finds everything done; the text
/// must be the same, or the crate is taken for another.
pub(crate) const PRELOAD: &str =
    r#":dep netlab = { path = "../crates/netlab" }"#;

fn spec_of(project: &Project, kernel: Kernel, config: &Path) -> Value {
    let flag = match kernel {
        Kernel::Rust => "--connection-file",
        Kernel::RustEvcxr => "--control_file",
    };
    let mut spec = json!({
        "argv": [project.kernel(), flag, "{connection_file}"],
        "display_name": match kernel {
            Kernel::Rust => "Rust (netlab)",
            Kernel::RustEvcxr => "Rust (evcxr)",
        },
        "language": "rust",
        "interrupt_mode": "message",
        "env": {
            "EVCXR_CONFIG_DIR": config,
            "NETLAB_BUILD_ROOT": project.build_root(),
        },
    });
    if kernel == Kernel::Rust {
        spec["env"]["NETLAB_SEED"] = json!(project.seed());
        spec["env"]["NETLAB_PRELOAD"] = json!(PRELOAD);
        // The version of the protocol, for clients that want to know it
        // before the kernel runs.
        spec["kernel_protocol_version"] = json!("5.4");
    }
    spec
}

/// Starts a kernel that is ready when the first notebook wants one: as Jupyter
/// would start it, in the environment that `jupyter` was given. It ends with
/// the process `lab`, which is that JupyterLab.
///
/// # Errors
///
/// When it can't be started. The lab works without it.
pub(crate) fn start_spare(
    project: &Project,
    notebooks: &Path,
    jupyter: &Command,
    lab: u32,
) -> Result<()> {
    let config = project.lab().join("evcxr").join(Kernel::Rust.name());
    let spec = spec_of(project, Kernel::Rust, &config);
    let mut spare = Command::new(project.kernel());
    for (name, value) in jupyter.get_envs() {
        match value {
            Some(value) => spare.env(name, value),
            None => spare.env_remove(name),
        };
    }
    for (name, value) in spec["env"].as_object().into_iter().flatten() {
        spare.env(name, value.as_str().unwrap_or_default());
    }
    let status = spare
        .args(["spare", "--lab", &lab.to_string()])
        .current_dir(notebooks)
        .stdin(Stdio::null())
        .status()?;
    anyhow::ensure!(status.success(), "it ended with {status}");
    Ok(())
}

/// How many kernels wait for a notebook in an open lab.
pub(crate) const SPARES: (&str, &str) = ("NETLAB_SPARES", "1");

fn write(path: &Path, contents: impl AsRef<[u8]>) -> Result<()> {
    // A spare kernel does not fit a configuration that is newer than it.
    if fs::read(path).is_ok_and(|there| there == contents.as_ref()) {
        return Ok(());
    }
    let parent = path.parent().expect("a file lies in a directory");
    fs::create_dir_all(parent)
        .and_then(|()| fs::write(path, contents))
        .with_context(|| format!("can't write {}", path.display()))
}
