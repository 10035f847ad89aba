//! The linker of the cells: what the C compiler would run, without the C
//! compiler.
//!
//! `rustc` links by `cc`, which runs `collect2`, which runs `ld.lld`. All that
//! they add are the same options for every cell. So the first cell is linked
//! by `cc`, and what `ld.lld` is told then is written down; the others are
//! linked with that, as long as `rustc` asks for the same. On any doubt, and
//! whenever it fails, `cc` links.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::call;

mod learned;

use learned::{Cell, Learned};

/// Names the real linker to the recording one, and where it is to record.
const REAL: &str = "NETLAB_REAL_LINKER";
const FILE: &str = "NETLAB_LINKER_RECORD";

/// Links what the arguments ask for.
pub(crate) fn run(directory: &Path) -> io::Result<ExitCode> {
    let arguments: Option<Vec<String>> = env::args_os()
        .skip(1)
        .map(|argument| argument.into_string().ok())
        .collect();
    let Some((arguments, cell, linker)) = arguments.and_then(|arguments| {
        let cell = Cell::of(&arguments)?;
        let linker = lld(&arguments)?;
        Some((arguments, cell, linker))
    }) else {
        return Err(Command::new("cc").args(env::args_os().skip(1)).exec());
    };
    let file = directory.join("link");
    if let Some(learned) = Learned::load(&file)
        && let Some(told) = learned.told(&arguments, &cell)
    {
        if let Ok(status) = Command::new(&linker).args(told).status()
            && status.success()
        {
            return Ok(ExitCode::SUCCESS);
        }
        let _ = fs::remove_file(&file);
        return Err(Command::new("cc").args(arguments).exec());
    }
    let own = directory.join("ld");
    let record = directory.join("link.said");
    let mut first = OsString::from("-B");
    first.push(&own);
    let status = Command::new("cc")
        .arg(first)
        .args(&arguments)
        .env(REAL, &linker)
        .env(FILE, &record)
        .status()?;
    if !status.success() {
        // Without a trace of this attempt in what it says.
        return Err(Command::new("cc").args(arguments).exec());
    }
    if let Ok(said) = read(&record)
        && let Some(learned) = Learned::from(&arguments, &said, &cell, &own)
    {
        learned.save(&file);
    }
    let _ = fs::remove_file(record);
    Ok(ExitCode::SUCCESS)
}

/// The `ld.lld` that the C compiler would find first.
fn lld(arguments: &[String]) -> Option<PathBuf> {
    arguments
        .iter()
        .find(|argument| *argument == "-fuse-ld=lld")?;
    arguments
        .iter()
        .filter_map(|argument| argument.strip_prefix("-B"))
        .map(|directory| Path::new(directory).join("ld.lld"))
        .find(|linker| linker.is_file())
}

/// Writes down what the linker is told, and is the linker.
pub(crate) fn record() -> io::Result<ExitCode> {
    let [Some(real), Some(file)] = [REAL, FILE].map(env::var_os) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let told: Option<Vec<String>> = env::args_os()
        .skip(1)
        .map(|argument| argument.into_string().ok())
        .collect();
    if let Some(told) = told {
        let mut file = fs::File::create(file)?;
        call::write(&mut file, &told)?;
    }
    Err(Command::new(real).args(env::args_os().skip(1)).exec())
}

/// Reads a list of arguments.
fn read(file: &Path) -> io::Result<Vec<String>> {
    call::read(&mut io::BufReader::new(fs::File::open(file)?))?
        .into_iter()
        .map(|part| String::from_utf8(part).map_err(io::Error::other))
        .collect()
}
