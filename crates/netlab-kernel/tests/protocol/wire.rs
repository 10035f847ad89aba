//! Signatures, the heartbeat, half a request.

use jupyter_zmq_client::{
    ConnectionInfo, create_client_control_connection,
    create_client_heartbeat_connection,
};
use serde_json::json;
use zeromq::{SocketRecv, SocketSend};

use crate::client::{Client, message};

pub(crate) fn connection(client: &Client) -> ConnectionInfo {
    let text = std::fs::read_to_string(&client.file).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn kernel_info_comes_before_the_engine_is_ready() {
    let mut client = Client::start_without_waiting();
    let id = client.ask("kernel_info_request", json!({}));
    client.busy(&id);
    client.idle(&id);
    let info = client.reply(&id, "kernel_info_reply");
    assert_eq!(info["status"], "ok");
    assert_eq!(info["protocol_version"], "5.4");
    assert_eq!(info["language_info"]["name"], "rust");
    assert_eq!(info["language_info"]["file_extension"], ".rs");
}

#[test]
fn wrong_signature_is_left_without_an_answer() {
    let mut client = Client::start_without_waiting();
    let mut info = connection(&client);
    info.key = "another".into();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut stranger = create_client_control_connection(&info, "stranger")
            .await
            .unwrap();
        let message = message("shutdown_request", json!({ "restart": false }));
        stranger.send(message).await.unwrap();
    });
    client.expect_nothing();
    assert!(client.kernel.try_wait().unwrap().is_none());
}

#[test]
fn heartbeat_sends_back_what_it_got() {
    let client = Client::start_without_waiting();
    let info = connection(&client);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut heart =
            create_client_heartbeat_connection(&info).await.unwrap();
        for beat in ["one", "two"] {
            heart.socket.send(beat.into()).await.unwrap();
            let echo = heart.socket.recv().await.unwrap();
            assert_eq!(echo.get(0).unwrap(), beat.as_bytes());
        }
    });
}

#[test]
fn request_without_members_that_have_defaults_is_answered() {
    let mut client = Client::start_without_waiting();
    let content = json!({ "hist_access_type": "search", "pattern": "*" });
    let id = client.ask("history_request", content);
    client.busy(&id);
    client.idle(&id);
    let reply = client.reply(&id, "history_reply");
    assert_eq!(reply["history"], json!([]));
}
