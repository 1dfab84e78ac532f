//! `cel_condition`: what one condition costs in CEL, over all requests, once every answer was right.

use std::hint::black_box as keep;

use emptor_benches::ratio::compare;
use emptor_benches::workload::{Request, Workload};
use emptor_peers::cel_condition::{CONDITION, CelCondition};
use emptor_peers::promotion::CATEGORIES;
use emptor_peers::row::locked_version;

const ROUNDS: usize = 9;

fn main() -> Result<(), String> {
    let workload = Workload::generate();
    let asked = |request: &Request| {
        let sku = workload.skus[request.sku as usize];
        (CATEGORIES[sku.category], request.quantity, workload.organizations[request.organization as usize].region)
    };
    let lines: Vec<(&str, u32, &str)> = workload.requests.iter().map(asked).collect();
    let condition = CelCondition::new();
    let holds = |index: usize| condition.holds(lines[index].0, lines[index].1, lines[index].2);
    let truth = |index: usize| CelCondition::truth(lines[index].0, lines[index].1, lines[index].2);
    if let Some(index) = (0..lines.len()).find(|index| holds(*index) != truth(*index)) {
        return Err(format!("line {index}, {:?}: CEL says {}", lines[index], holds(index)));
    }
    let (ns, in_rust_ns, _) =
        compare(ROUNDS, lines.len(), &mut |index| _ = keep(holds(index)), &mut |index| _ = keep(truth(index)));
    let held = (0..lines.len()).filter(|index| truth(*index)).count();
    println!("CEL {}: `{CONDITION}`", locked_version("cel"));
    println!("{ns:.0} ns a call, {in_rust_ns:.1} ns in Rust; {ROUNDS} rounds of {} lines, {held} held", lines.len());
    Ok(())
}
