use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::thread;

use serde_json::json;
use tempfile::TempDir;

use super::*;

const TOKEN: &str = "0123";
const WATCHDOG: Duration = Duration::from_secs(30);
const STATUS: &str = r#"{"started": "2026-11-22T04:53:00Z", "kernels": 0}"#;

/// A clone with the file of a Jupyter server, and a process that was started
/// as such a server is.
struct Stage {
    _directory: TempDir,
    project: Project,
    process: Child,
}

impl Stage {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let project = Project::at(directory.path().to_path_buf());
        fs::create_dir_all(project.runtime()).unwrap();
        let mut process = Command::new("sh")
            .args(["-c", "echo ready; read line", "sh"])
            .arg(root_argument(&project.work()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // A moment ago it had no command line yet.
        let mut ready = [0; 5];
        process
            .stdout
            .take()
            .unwrap()
            .read_exact(&mut ready)
            .unwrap();
        Self {
            _directory: directory,
            project,
            process,
        }
    }

    fn file(&self) -> PathBuf {
        let name = format!("jpserver-{}.json", self.process.id());
        self.project.runtime().join(name)
    }

    fn says(&self, process: u32, port: u16) {
        let says = json!({
            "pid": process,
            "root_dir": self.project.work(),
            "url": format!("http://127.0.0.1:{port}/"),
            "token": TOKEN,
        });
        fs::write(self.file(), says.to_string()).unwrap();
    }

    fn find(&self) -> Result<Option<Running>> {
        find(&self.project, &self.project.work(), PATIENCE)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Answers one request, with 403 where the token is not `token`.
fn server(token: &'static str, body: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(WATCHDOG)).unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let head: Vec<_> = lines
            .map(Result::unwrap)
            .take_while(|line| !line.is_empty())
            .collect();
        let told = format!("token {token}");
        let is_told = head.iter().any(|line| line.ends_with(&told));
        let code = if is_told { "200 OK" } else { "403 Forbidden" };
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 {code}\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
    });
    port
}

#[test]
fn server_of_this_room_is_found() {
    let stage = Stage::new();
    stage.says(stage.process.id(), server(TOKEN, STATUS));
    let running = stage.find().unwrap().unwrap();
    assert!(running.address(&Page::start()).ends_with("/?token=0123"));
}

#[test]
fn server_of_another_room_is_not_this_one() {
    let stage = Stage::new();
    stage.says(stage.process.id(), server(TOKEN, STATUS));
    let other = find(&stage.project, &stage.project.course(), PATIENCE);
    assert_eq!(other.unwrap(), None);
    assert!(stage.file().exists());
}

#[test]
fn file_of_a_killed_server_is_taken_away() {
    let stage = Stage::new();
    // Its number belongs to another program now: to this one.
    stage.says(std::process::id(), server(TOKEN, STATUS));
    assert_eq!(stage.find().unwrap(), None);
    assert!(!stage.file().exists());
}

#[test]
fn who_took_the_port_is_not_the_lab() {
    let stage = Stage::new();
    for port in [
        // Nobody ever listens there.
        0,
        server("another", STATUS),
        server(TOKEN, "<html>anything"),
        server(TOKEN, r#"{"anything": 1}"#),
    ] {
        stage.says(stage.process.id(), port);
        assert_eq!(stage.find().unwrap(), None);
    }
}

#[test]
fn half_written_file_is_passed_over() {
    let stage = Stage::new();
    fs::write(stage.file(), r#"{"pid": 12"#).unwrap();
    assert_eq!(stage.find().unwrap(), None);
}

#[test]
fn lab_that_hangs_is_named() {
    let stage = Stage::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    stage.says(stage.process.id(), listener.local_addr().unwrap().port());
    let short = Duration::from_secs(1);
    let error = find(&stage.project, &stage.project.work(), short);
    let error = error.unwrap_err().to_string();
    let kill = format!("`kill {}`", stage.process.id());
    assert!(error.contains(&kill), "{error}");
}
