//! The front end of our own: the sockets, and who serves each.

mod control;
mod is_complete;
mod kernel_info;
mod shell;
mod signals;

use std::env;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use procfs::process::Process;
use tokio::sync::mpsc::unbounded_channel;

use crate::build_dir::BuildDir;
use crate::cells::Cells;
use crate::connection_file;
use crate::driver;
use crate::engine::{self, Commands, Settings};
use crate::failure::place::Sources;
use crate::history::History;
use crate::input::Input;
use crate::interrupt;
use crate::kernel::{Answer, Kernel, Replies};
use crate::link::{self, Link};
use crate::output::Output;
use crate::publisher::Publisher;
use crate::wire::{ConnectionInfo, Receiver, Sender, Sockets};

/// Names the directory below which each kernel makes its build directory;
/// unset means one below the system's temporary directory.
pub(crate) const BUILD_ROOT: &str = "NETLAB_BUILD_ROOT";

/// Names the prepared build directory to start from; unset means an empty one.
pub(crate) const SEED: &str = "NETLAB_SEED";

/// Says to the second life of this process which build directory is its own.
pub(crate) const BUILD_DIR: &str = "NETLAB_BUILD_DIR";

/// A line to execute before the first cell, `:dep netlab = …` for example.
const PRELOAD: &str = "NETLAB_PRELOAD";

/// Where `evcxr` compiles.
const EVCXR_TMPDIR: &str = "EVCXR_TMPDIR";

/// What the cells are not to see of this process's own environment.
const PRIVATE: &[&str] = &[
    BUILD_ROOT,
    SEED,
    BUILD_DIR,
    PRELOAD,
    EVCXR_TMPDIR,
    driver::USER_PATH,
];

/// How often, and how far apart, the build directory is tried to be removed.
const ATTEMPTS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(20);

/// Serves one Jupyter session and returns when Jupyter asks to shut down, or
/// when the process that started this one has died.
///
/// `evcxr` takes its build directory from the environment, and a process can
/// not change its own environment in safe Rust. So the process replaces itself
/// by itself (`execve(2)`, same process id) with the right environment.
///
/// # Errors
///
/// When the connection file can't be read or a port is taken.
pub(crate) fn run(file: &Path) -> Result<()> {
    let info = connection_file::read(file)?;
    let root = build_root()?;
    let Some(dir) =
        env::var_os(BUILD_DIR).and_then(|dir| BuildDir::adopt(dir.into()))
    else {
        let dir = BuildDir::planned(&root)?;
        let error = Command::new(env::current_exe()?)
            .args(env::args_os().skip(1))
            .env(BUILD_DIR, &dir)
            .env(EVCXR_TMPDIR, &dir)
            .envs(driver::environment(&dir))
            .exec();
        return Err(error)
            .context("the kernel could not start itself a second time");
    };
    let settings = Settings {
        build_root: root,
        seed: env::var_os(SEED).map(PathBuf::from),
        preload: env::var(PRELOAD).ok(),
        private: PRIVATE,
    };
    let served = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("can't start the runtime of the sockets")?
        .block_on(serve(&info, dir.path().to_path_buf(), settings));
    let _ = std::fs::remove_file(link::path_in(dir.path()));
    // The engine may be in the middle of a compilation, which writes on.
    for _ in 0..ATTEMPTS {
        interrupt::end_compiler(None);
        if dir.try_remove() {
            break;
        }
        std::thread::sleep(PAUSE);
    }
    served
}

/// Where kernels make their build directories.
///
/// For a kernel that somebody starts by hand or from a kernelspec of their own
/// it is a directory per user below the system's temporary directory.
///
/// # Errors
///
/// When `/proc` does not tell who this is.
pub(crate) fn build_root() -> Result<PathBuf> {
    if let Some(root) = env::var_os(BUILD_ROOT) {
        return Ok(root.into());
    }
    let user = Process::myself()?.uid()?;
    Ok(env::temp_dir().join(format!("netlab-kernel-{user}")))
}

async fn serve(
    info: &ConnectionInfo,
    build_dir: PathBuf,
    settings: Settings,
) -> Result<()> {
    let session = format!("netlab-{}", std::process::id());
    let sockets = Sockets::bind(info, &session).await?;
    let (publisher, publications) = Publisher::new();
    let (commands, engine_commands) = Commands::new();
    let (shell_sender, shell) = sockets.shell;
    let (control_sender, control) = sockets.control;
    let (stdin_sender, stdin) = sockets.stdin;
    let kernel = Arc::new(Kernel {
        shell: replies(shell_sender),
        control: replies(control_sender),
        input: Input::new(replies(stdin_sender)),
        cells: Cells::new(publisher.clone()),
        output: Arc::new(Output::new(publisher.clone())),
        history: History::default(),
        link: Arc::new(Link::default()),
        publisher,
        commands,
        build_dir,
        closing: AtomicBool::new(false),
    });
    tokio::spawn(sockets.iopub.run(publications));
    tokio::spawn(sockets.heartbeat.run());
    kernel.publisher.status("starting", None);

    let output = kernel.output.clone();
    std::thread::Builder::new()
        .name("output".to_owned())
        .spawn(move || output.keep_times())?;
    std::thread::spawn(kernel_info::learn_version);
    let for_engine = kernel.clone();
    std::thread::Builder::new()
        .name("engine".to_owned())
        .spawn(move || {
            let sources = Arc::new(Sources::default());
            engine::run(for_engine, engine_commands, sources, &settings);
        })?;

    tokio::spawn(shell::serve(kernel.clone(), shell));
    tokio::spawn(serve_stdin(kernel.clone(), stdin));
    tokio::select! {
        () = control::serve(kernel.clone(), control) => {}
        () = signals::wait_for_the_end(&kernel) => {}
    }
    end(&kernel).await;
    Ok(())
}

/// Starts the task that sends what goes out by a socket.
fn replies(mut socket: Sender) -> Replies {
    let (sender, mut queue) = unbounded_channel();
    tokio::spawn(async move {
        while let Some(answer) = queue.recv().await {
            match answer {
                Answer::Message(message) => socket.send(message).await,
                Answer::Flush(done) => drop(done.send(())),
            }
        }
    });
    Replies(sender)
}

/// Takes the user's answers to the cell at work.
async fn serve_stdin(kernel: Arc<Kernel>, mut socket: Receiver) {
    loop {
        let reply = socket.next().await;
        if let Some(line) = kernel.input.answer(&reply) {
            let line = Some(line);
            kernel
                .link
                .tell(&crate::channel::ToChild::InputAnswer { line });
        }
    }
}

/// Ends the child and lets the last messages out.
async fn end(kernel: &Arc<Kernel>) {
    kernel.closing.store(true, Ordering::Relaxed);
    kernel.link.kill();
    interrupt::end_compiler(None);
    kernel.publisher.flush().await;
}
