//! Compiles programs in Vector's language and runs them over events, as Vector's `remap` would.
//!
//! Reads one JSON document: `{"jobs": [{"steps", "events": [{"event", "bytes"?, "times"?}], "rounds"?}]}`.
//! `steps` are programs, each given what the one before it left. `bytes` and `times` set what JSON cannot
//! say: member of the event → hex digits, or RFC 3339.
//! Writes `{"jobs": [{"faults", "warnings", "results": [{"outcome", "event", "error"?}], "nanoseconds"}]}`,
//! where `nanoseconds` is the time of `rounds` more rounds over all events, on one thread.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::time::Instant;

use serde_json::{Value as Json, json};
use vrl::compiler::runtime::{Runtime, Terminate};
use vrl::compiler::state::RuntimeState;
use vrl::compiler::{Program, TargetValue, TimeZone, compile};
use vrl::diagnostic::Formatter;
use vrl::value::{Secrets, Value};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    if std::env::args().nth(1).as_deref() == Some("--version") {
        println!("vrl-run {}", env!("CARGO_PKG_VERSION"));
        return Ok(());
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let request: Json = serde_json::from_str(&text)?;
    let jobs = list(&request, "jobs")?
        .iter()
        .map(run_job)
        .collect::<Result<Vec<_>, _>>()?;
    let mut output = std::io::stdout().lock();
    serde_json::to_writer(&mut output, &json!({ "jobs": jobs }))?;
    output.flush()?;
    Ok(())
}

fn run_job(job: &Json) -> Result<Json, Failure> {
    let mut programs = Vec::new();
    let mut warnings = String::new();
    for step in list(job, "steps")? {
        let source = step.as_str().ok_or("a step is a text")?;
        match compile(source, &vrl::stdlib::all()) {
            Ok(compiled) => {
                warnings += &Formatter::new(source, compiled.warnings).to_string();
                programs.push(compiled.program);
            }
            Err(faults) => {
                let faults = Formatter::new(source, faults).to_string();
                return Ok(
                    json!({"faults": faults, "warnings": "", "results": [], "nanoseconds": 0}),
                );
            }
        }
    }
    let events = list(job, "events")?
        .iter()
        .map(read_event)
        .collect::<Result<Vec<_>, _>>()?;
    let mut runtime = Runtime::new(RuntimeState::default());
    let results: Vec<Json> = events
        .iter()
        .map(|event| describe(run_steps(&mut runtime, &programs, event)))
        .collect();
    let start = Instant::now();
    for _ in 0..job["rounds"].as_u64().unwrap_or(0) {
        for event in &events {
            std::hint::black_box(run_steps(&mut runtime, &programs, event).0.value);
        }
    }
    let nanoseconds = start.elapsed().as_nanos() as u64;
    Ok(json!({"faults": "", "warnings": warnings, "results": results, "nanoseconds": nanoseconds}))
}

/// The event after all steps, or before the one that ended it.
fn run_steps(
    runtime: &mut Runtime,
    programs: &[Program],
    event: &Value,
) -> (TargetValue, Result<(), Terminate>) {
    let mut target = target_of(event);
    for program in programs {
        let outcome = runtime.resolve(&mut target, program, &TimeZone::default());
        runtime.clear();
        if let Err(end) = outcome {
            return (target, Err(end));
        }
    }
    (target, Ok(()))
}

fn describe((target, outcome): (TargetValue, Result<(), Terminate>)) -> Json {
    let event = json!(target.value);
    match outcome {
        Ok(()) => json!({"outcome": "kept", "event": event}),
        Err(Terminate::Abort(_)) => json!({"outcome": "aborted", "event": event}),
        Err(Terminate::Error(error)) => {
            json!({"outcome": "failed", "event": event, "error": error.to_string()})
        }
    }
}

fn target_of(event: &Value) -> TargetValue {
    TargetValue {
        value: event.clone(),
        metadata: Value::Object(BTreeMap::new()),
        secrets: Secrets::default(),
    }
}

/// An event, with what JSON has no words for.
fn read_event(item: &Json) -> Result<Value, Failure> {
    let mut event = Value::from(item["event"].clone());
    let members = event.as_object_mut().ok_or("an event is an object")?;
    for (name, digits) in entries(item, "bytes") {
        members.insert(name.as_str().into(), Value::Bytes(from_hex(digits)?.into()));
    }
    for (name, text) in entries(item, "times") {
        let time = text.parse::<chrono::DateTime<chrono::Utc>>()?;
        members.insert(name.as_str().into(), Value::Timestamp(time));
    }
    Ok(event)
}

fn entries<'a>(item: &'a Json, name: &str) -> impl Iterator<Item = (&'a String, &'a str)> {
    item[name]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| value.as_str().map(|text| (key, text)))
}

fn list<'a>(item: &'a Json, name: &str) -> Result<&'a Vec<Json>, Failure> {
    item[name]
        .as_array()
        .ok_or_else(|| format!("{name} must be a list").into())
}

fn from_hex(digits: &str) -> Result<Vec<u8>, Failure> {
    if !digits.is_ascii() || digits.len() % 2 != 0 {
        return Err("bytes must be pairs of hex digits".into());
    }
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).map_err(Into::into))
        .collect()
}
