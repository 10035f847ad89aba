//! One session: the kernel, its sockets and its engine from start to end.

use std::collections::BTreeMap;
use std::env;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use anyhow::Result;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::oneshot;

use super::signals::{self, PARENT, Starter};
use super::{PRIVATE, control, kernel_info, shell};
use crate::analyst::Analyst;
use crate::cells::Cells;
use crate::channel::ToChild;
use crate::connection_file;
use crate::engine::{
    self, Command, Commands, Namespace, Notebook, SESSION, Settings,
};
use crate::failure::place::Sources;
use crate::history::History;
use crate::input::Input;
use crate::interrupt;
use crate::kernel::{Answer, Kernel, Replies};
use crate::link::Link;
use crate::output::Output;
use crate::publisher::Publisher;
use crate::spare::{Adopted, HandOver, Offer, Signal};
use crate::wire::{ConnectionInfo, Publication, Receiver, Sender, Sockets};

/// Where a kernel learns what to serve.
pub(super) enum Source {
    File(ConnectionInfo),
    /// From a launcher, one day.
    Spare(Offer),
}

/// What a kernel has for sockets that may not be there yet.
struct Queues {
    shell: UnboundedReceiver<Answer>,
    control: UnboundedReceiver<Answer>,
    stdin: UnboundedReceiver<Answer>,
    publications: UnboundedReceiver<Publication>,
}

/// Serves one session to its end; gives the launcher that waits for it.
pub(super) async fn serve(
    source: Source,
    build_dir: &Path,
    settings: Settings,
) -> (Option<Arc<Adopted>>, Result<()>) {
    match source {
        Source::File(info) => {
            (None, serve_file(&info, build_dir, settings).await)
        }
        Source::Spare(offer) => {
            let (kernel, queues, commands) = kernel(build_dir);
            if let Err(error) = start_engine(&kernel, commands, settings) {
                return (None, Err(error));
            }
            let Some((launcher, given)) = wait(offer).await else {
                return (None, end_unused(&kernel));
            };
            let launcher = Arc::new(launcher);
            let served = serve_launcher(&kernel, queues, &launcher, given);
            let served = served.await;
            kernel.link.kill();
            (Some(launcher), served)
        }
    }
}

async fn serve_file(
    info: &ConnectionInfo,
    build_dir: &Path,
    settings: Settings,
) -> Result<()> {
    let sockets = Sockets::bind(info, &name()).await?;
    let (kernel, queues, commands) = kernel(build_dir);
    if let Some(lab) = signals::announced_parent() {
        let _ = kernel.lab.set(lab.as_raw());
    }
    if let Ok(session) = env::var(SESSION) {
        kernel.notebook.set(&session);
    }
    let served = open(&kernel, queues, sockets);
    start_engine(&kernel, commands, settings)?;
    tokio::select! {
        () = control::serve(kernel.clone(), served) => {}
        () = async {
            let starter = Starter::now();
            signals::wait_for_the_end(&kernel, starter.gone()).await;
        } => {}
    }
    end(&kernel).await;
    Ok(())
}

/// Serves what a launcher hands over.
async fn serve_launcher(
    kernel: &Arc<Kernel>,
    queues: Queues,
    launcher: &Arc<Adopted>,
    given: HandOver,
) -> Result<()> {
    let info = connection_file::read(&given.connection_file)?;
    let sockets = Sockets::bind(&info, &name()).await?;
    let lab = given.variables.get(PARENT).and_then(|pid| pid.parse().ok());
    if let Some(lab) = lab {
        let _ = kernel.lab.set(lab);
    }
    if let Some(session) = given.variables.get(SESSION) {
        kernel.notebook.set(session);
    }
    kernel.link.greet(changes(given.variables));
    let served = open(kernel, queues, sockets);
    launcher.ready();
    kernel.commands.send(Command::Adopted);

    let (gone, launcher_gone) = oneshot::channel::<()>();
    let (listening, launcher) = (kernel.clone(), launcher.clone());
    std::thread::spawn(move || {
        while let Some(Signal::Interrupt) = launcher.signal() {
            interrupt::interrupt(&listening);
        }
        drop(gone);
    });
    tokio::select! {
        () = control::serve(kernel.clone(), served) => {}
        () = signals::wait_for_the_end(kernel, async {
            let _ = launcher_gone.await;
        }) => {}
    }
    end(kernel).await;
    Ok(())
}

/// Waits until the spare kernel is used; None when it never will be.
async fn wait(offer: Offer) -> Option<(Adopted, HandOver)> {
    let mut terminates = signal(SignalKind::terminate()).ok()?;
    // Not in the runtime, which would wait for it at the end.
    let (sender, waiting) = oneshot::channel();
    std::thread::spawn(move || sender.send(offer.wait()));
    tokio::select! {
        adopted = waiting => adopted.ok().flatten(),
        _ = terminates.recv() => None,
    }
}

/// What the environment of the cells must become: that of the launcher.
fn changes(mut wanted: BTreeMap<String, String>) -> Vec<ToChild> {
    // Nor does a child get this one from `evcxr`.
    wanted.remove("RUST_BACKTRACE");
    wanted.retain(|name, _| !PRIVATE.contains(&name.as_str()));
    let own = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let mut changes: Vec<_> = own
        .filter(|name| !wanted.contains_key(name))
        .map(|name| ToChild::SetVariable { name, value: None })
        .collect();
    changes.extend(wanted.into_iter().map(|(name, value)| {
        ToChild::SetVariable {
            name,
            value: Some(value),
        }
    }));
    changes
}

fn name() -> String {
    format!("netlab-{}", std::process::id())
}

fn kernel(
    build_dir: &Path,
) -> (Arc<Kernel>, Queues, crossbeam_channel::Receiver<Command>) {
    let (publisher, publications) = Publisher::new();
    let (commands, engine_commands) = Commands::new();
    let (to_shell, shell) = unbounded_channel();
    let (to_control, control) = unbounded_channel();
    let (to_stdin, stdin) = unbounded_channel();
    let kernel = Kernel {
        shell: Replies(to_shell),
        control: Replies(to_control),
        input: Input::new(Replies(to_stdin)),
        cells: Cells::new(publisher.clone()),
        output: Arc::new(Output::new(publisher.clone())),
        history: History::default(),
        namespace: Namespace::default(),
        notebook: Notebook::default(),
        link: Arc::new(Link::default()),
        analyst: Analyst::new(build_dir),
        publisher,
        commands,
        build_dir: build_dir.to_path_buf(),
        closing: AtomicBool::new(false),
        lab: OnceLock::new(),
    };
    let queues = Queues {
        shell,
        control,
        stdin,
        publications,
    };
    (Arc::new(kernel), queues, engine_commands)
}

/// Lets the sockets send and receive; gives the one that is still to be
/// served.
fn open(kernel: &Arc<Kernel>, queues: Queues, sockets: Sockets) -> Receiver {
    let (shell_sender, shell) = sockets.shell;
    let (control_sender, control) = sockets.control;
    let (stdin_sender, stdin) = sockets.stdin;
    tokio::spawn(send(shell_sender, queues.shell));
    tokio::spawn(send(control_sender, queues.control));
    tokio::spawn(send(stdin_sender, queues.stdin));
    tokio::spawn(sockets.iopub.run(queues.publications));
    tokio::spawn(sockets.heartbeat.run());
    kernel.publisher.status("starting", None);
    tokio::spawn(shell::serve(kernel.clone(), shell));
    tokio::spawn(serve_stdin(kernel.clone(), stdin));
    control
}

fn start_engine(
    kernel: &Arc<Kernel>,
    commands: crossbeam_channel::Receiver<Command>,
    settings: Settings,
) -> Result<()> {
    let output = kernel.output.clone();
    std::thread::Builder::new()
        .name("output".to_owned())
        .spawn(move || output.keep_times())?;
    std::thread::spawn(kernel_info::learn_version);
    let kernel = kernel.clone();
    std::thread::Builder::new()
        .name("engine".to_owned())
        .spawn(move || {
            let sources = Arc::new(Sources::default());
            engine::run(kernel, commands, sources, &settings);
        })?;
    Ok(())
}

/// Sends what goes out by a socket.
async fn send(mut socket: Sender, mut queue: UnboundedReceiver<Answer>) {
    while let Some(answer) = queue.recv().await {
        match answer {
            Answer::Message(message) => socket.send(message).await,
            Answer::Flush(done) => drop(done.send(())),
        }
    }
}

/// Takes the user's answers to the cell at work.
async fn serve_stdin(kernel: Arc<Kernel>, mut socket: Receiver) {
    loop {
        let reply = socket.next().await;
        if let Some(line) = kernel.input.answer(&reply) {
            let line = Some(line);
            kernel.link.tell(&ToChild::InputAnswer { line });
        }
    }
}

/// Ends the child and lets the last messages out.
async fn end(kernel: &Arc<Kernel>) {
    stop(kernel);
    kernel.publisher.end().await;
}

/// Ends the child of a kernel that nobody has used.
fn end_unused(kernel: &Arc<Kernel>) -> Result<()> {
    stop(kernel);
    Ok(())
}

fn stop(kernel: &Arc<Kernel>) {
    kernel.closing.store(true, Ordering::Relaxed);
    kernel.analyst.end();
    kernel.link.kill();
    interrupt::end_compiler(&[]);
}
