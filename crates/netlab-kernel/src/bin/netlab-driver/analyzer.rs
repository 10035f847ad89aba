//! `cargo` and `rustc`, as the rust-analyzer inside `evcxr` runs them.
//!
//! It would read the standard library and all dependencies, which takes seconds
//! and hundreds of megabytes, to tell `evcxr` the types of variables. The
//! compiler tells them (`driver::types`), so here it learns of a package
//! without either: there is nothing to read then. Whoever else asks, a user in
//! a shell command for one, gets the real program.

use std::env;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

/// `cargo metadata` of a package that depends on nothing; the directory takes
/// the place of each `$`, and there are no line breaks.
const METADATA: &str = r#"{"packages":[{"name":"ctx","version":"1.0.0",
"id":"path+file://$#ctx@1.0.0","license":null,"license_file":null,
"description":null,"source":null,"dependencies":[],"targets":[{
"kind":["cdylib"],"crate_types":["cdylib"],"name":"ctx",
"src_path":"$/src/lib.rs","edition":"2024","doc":true,"doctest":false,
"test":true}],"features":{},"manifest_path":"$/Cargo.toml","metadata":null,
"publish":null,"authors":[],"categories":[],"keywords":[],"readme":null,
"repository":null,"homepage":null,"documentation":null,"edition":"2024",
"links":null,"default_run":null,"rust_version":null}],
"workspace_members":["path+file://$#ctx@1.0.0"],
"workspace_default_members":["path+file://$#ctx@1.0.0"],
"resolve":{"nodes":[{"id":"path+file://$#ctx@1.0.0","dependencies":[],
"deps":[],"features":[]}],"root":"path+file://$#ctx@1.0.0"},
"target_directory":"$/target","version":1,"workspace_root":"$",
"metadata":null}"#;

/// Answers as cargo; `own` is where this program stands for it.
pub(crate) fn cargo(own: &Path) -> io::Result<ExitCode> {
    let Some(cells) = asked_about_cells(own)? else {
        return Err(real("cargo"));
    };
    // It does without everything else it asks for.
    if env::args().nth(1).as_deref() != Some("metadata") {
        return Ok(ExitCode::FAILURE);
    }
    let cells = cells.replace('\\', r"\\").replace('"', "\\\"");
    println!("{}", METADATA.replace('\n', "").replace('$', &cells));
    Ok(ExitCode::SUCCESS)
}

/// Answers as the compiler, which is asked where its library is.
pub(crate) fn rustc(own: &Path) -> io::Result<ExitCode> {
    match asked_about_cells(own)? {
        Some(_) => Ok(ExitCode::FAILURE),
        None => Err(real("rustc")),
    }
}

/// The directory of the cells, if that is where this process was started.
fn asked_about_cells(own: &Path) -> io::Result<Option<String>> {
    let here = env::current_dir()?;
    let cells = own.ancestors().nth(2).map(Path::canonicalize);
    match cells {
        Some(Ok(cells)) if here == cells => {
            Ok(here.into_os_string().into_string().ok())
        }
        _ => Ok(None),
    }
}

/// Becomes the program that the user's `PATH` names.
fn real(program: &str) -> io::Error {
    let path = env::var_os("NETLAB_USER_PATH").unwrap_or_default();
    let found = env::split_paths(&path)
        .map(|directory| directory.join(program))
        .find(|program| program.is_file());
    match found {
        Some(found) => Command::new(found).args(env::args_os().skip(1)).exec(),
        None => io::ErrorKind::NotFound.into(),
    }
}
