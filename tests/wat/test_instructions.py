"""All instructions by their names in text: read, written, printed, and given exactly the operands that they take.

The tables of the program are not asked: names, immediates and types stand here again. A module with all of them that
the reference finds valid says that they are right; ours has to find it valid too, and to write the same bytes.
"""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked  # noqa: F401
from syrupy.assertion import SnapshotAssertion

REGULAR = """
    plain: ->: nop
    memarg4: addr -> i32: i32.load i32.atomic.load
    memarg8: addr -> i64: i64.load i64.atomic.load
    memarg4: addr -> f32: f32.load
    memarg8: addr -> f64: f64.load
    memarg1: addr -> i32: i32.load8_s i32.load8_u i32.atomic.load8_u
    memarg2: addr -> i32: i32.load16_s i32.load16_u i32.atomic.load16_u
    memarg1: addr -> i64: i64.load8_s i64.load8_u i64.atomic.load8_u
    memarg2: addr -> i64: i64.load16_s i64.load16_u i64.atomic.load16_u
    memarg4: addr -> i64: i64.load32_s i64.load32_u i64.atomic.load32_u
    memarg4: addr i32 ->: i32.store i32.atomic.store
    memarg8: addr i64 ->: i64.store i64.atomic.store
    memarg4: addr f32 ->: f32.store
    memarg8: addr f64 ->: f64.store
    memarg1: addr i32 ->: i32.store8 i32.atomic.store8
    memarg2: addr i32 ->: i32.store16 i32.atomic.store16
    memarg1: addr i64 ->: i64.store8 i64.atomic.store8
    memarg2: addr i64 ->: i64.store16 i64.atomic.store16
    memarg4: addr i64 ->: i64.store32 i64.atomic.store32
    memory: -> addr: memory.size
    memory: addr -> addr: memory.grow
    i32: -> i32: i32.const
    i64: -> i64: i64.const
    f32: -> f32: f32.const
    f64: -> f64: f64.const
    plain: i32 -> i32: i32.eqz i32.clz i32.ctz i32.popcnt i32.extend8_s i32.extend16_s
    plain: i32 i32 -> i32: i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s i32.ge_u i32.add i32.sub i32.mul i32.div_s i32.div_u
    plain: i32 i32 -> i32: i32.rem_s i32.rem_u i32.and i32.or i32.xor i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr
    plain: i64 -> i32: i64.eqz i32.wrap_i64
    plain: i64 i64 -> i32: i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u i64.ge_s i64.ge_u
    plain: f32 f32 -> i32: f32.eq f32.ne f32.lt f32.gt f32.le f32.ge
    plain: f64 f64 -> i32: f64.eq f64.ne f64.lt f64.gt f64.le f64.ge
    plain: i64 -> i64: i64.clz i64.ctz i64.popcnt i64.extend8_s i64.extend16_s i64.extend32_s
    plain: i64 i64 -> i64: i64.add i64.sub i64.mul i64.div_s i64.div_u i64.rem_s i64.rem_u i64.and i64.or i64.xor i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr
    plain: f32 -> f32: f32.abs f32.neg f32.ceil f32.floor f32.trunc f32.nearest f32.sqrt
    plain: f32 f32 -> f32: f32.add f32.sub f32.mul f32.div f32.min f32.max f32.copysign
    plain: f64 -> f64: f64.abs f64.neg f64.ceil f64.floor f64.trunc f64.nearest f64.sqrt
    plain: f64 f64 -> f64: f64.add f64.sub f64.mul f64.div f64.min f64.max f64.copysign
    plain: f32 -> i32: i32.trunc_f32_s i32.trunc_f32_u i32.reinterpret_f32 i32.trunc_sat_f32_s i32.trunc_sat_f32_u
    plain: f64 -> i32: i32.trunc_f64_s i32.trunc_f64_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u
    plain: i32 -> i64: i64.extend_i32_s i64.extend_i32_u
    plain: f32 -> i64: i64.trunc_f32_s i64.trunc_f32_u i64.trunc_sat_f32_s i64.trunc_sat_f32_u
    plain: f64 -> i64: i64.trunc_f64_s i64.trunc_f64_u i64.reinterpret_f64 i64.trunc_sat_f64_s i64.trunc_sat_f64_u
    plain: i32 -> f32: f32.convert_i32_s f32.convert_i32_u f32.reinterpret_i32
    plain: i64 -> f32: f32.convert_i64_s f32.convert_i64_u
    plain: f64 -> f32: f32.demote_f64
    plain: i32 -> f64: f64.convert_i32_s f64.convert_i32_u
    plain: i64 -> f64: f64.convert_i64_s f64.convert_i64_u f64.reinterpret_i64
    plain: f32 -> f64: f64.promote_f32
    memory: addr i32 addr ->: memory.fill
    memory: addr addr ->: memory.discard
    plain: i64 i64 i64 i64 -> i64 i64: i64.add128 i64.sub128
    plain: i64 i64 -> i64 i64: i64.mul_wide_s i64.mul_wide_u
    memarg16: addr -> v128: v128.load
    memarg8: addr -> v128: v128.load8x8_s v128.load8x8_u v128.load16x4_s v128.load16x4_u v128.load32x2_s v128.load32x2_u v128.load64_splat v128.load64_zero
    memarg1: addr -> v128: v128.load8_splat
    memarg2: addr -> v128: v128.load16_splat
    memarg4: addr -> v128: v128.load32_splat v128.load32_zero
    memarg16: addr v128 ->: v128.store
    v128: -> v128: v128.const
    plain: v128 v128 -> v128: i8x16.swizzle i8x16.eq i8x16.ne i8x16.lt_s i8x16.lt_u i8x16.gt_s i8x16.gt_u i8x16.le_s i8x16.le_u i8x16.ge_s i8x16.ge_u i16x8.eq
    plain: v128 v128 -> v128: i16x8.ne i16x8.lt_s i16x8.lt_u i16x8.gt_s i16x8.gt_u i16x8.le_s i16x8.le_u i16x8.ge_s i16x8.ge_u i32x4.eq i32x4.ne i32x4.lt_s
    plain: v128 v128 -> v128: i32x4.lt_u i32x4.gt_s i32x4.gt_u i32x4.le_s i32x4.le_u i32x4.ge_s i32x4.ge_u f32x4.eq f32x4.ne f32x4.lt f32x4.gt f32x4.le f32x4.ge
    plain: v128 v128 -> v128: f64x2.eq f64x2.ne f64x2.lt f64x2.gt f64x2.le f64x2.ge v128.and v128.andnot v128.or v128.xor i8x16.narrow_i16x8_s i8x16.narrow_i16x8_u
    plain: v128 v128 -> v128: i8x16.add i8x16.add_sat_s i8x16.add_sat_u i8x16.sub i8x16.sub_sat_s i8x16.sub_sat_u i8x16.min_s i8x16.min_u i8x16.max_s i8x16.max_u
    plain: v128 v128 -> v128: i8x16.avgr_u i16x8.q15mulr_sat_s i16x8.narrow_i32x4_s i16x8.narrow_i32x4_u i16x8.add i16x8.add_sat_s i16x8.add_sat_u i16x8.sub
    plain: v128 v128 -> v128: i16x8.sub_sat_s i16x8.sub_sat_u i16x8.mul i16x8.min_s i16x8.min_u i16x8.max_s i16x8.max_u i16x8.avgr_u i16x8.extmul_low_i8x16_s
    plain: v128 v128 -> v128: i16x8.extmul_high_i8x16_s i16x8.extmul_low_i8x16_u i16x8.extmul_high_i8x16_u i32x4.add i32x4.sub i32x4.mul i32x4.min_s i32x4.min_u
    plain: v128 v128 -> v128: i32x4.max_s i32x4.max_u i32x4.dot_i16x8_s i32x4.extmul_low_i16x8_s i32x4.extmul_high_i16x8_s i32x4.extmul_low_i16x8_u
    plain: v128 v128 -> v128: i32x4.extmul_high_i16x8_u i64x2.add i64x2.sub i64x2.mul i64x2.eq i64x2.ne i64x2.lt_s i64x2.gt_s i64x2.le_s i64x2.ge_s
    plain: v128 v128 -> v128: i64x2.extmul_low_i32x4_s i64x2.extmul_high_i32x4_s i64x2.extmul_low_i32x4_u i64x2.extmul_high_i32x4_u f32x4.add f32x4.sub f32x4.mul
    plain: v128 v128 -> v128: f32x4.div f32x4.min f32x4.max f32x4.pmin f32x4.pmax f64x2.add f64x2.sub f64x2.mul f64x2.div f64x2.min f64x2.max f64x2.pmin f64x2.pmax
    plain: v128 v128 -> v128: i8x16.relaxed_swizzle f32x4.relaxed_min f32x4.relaxed_max f64x2.relaxed_min f64x2.relaxed_max i16x8.relaxed_q15mulr_s
    plain: v128 v128 -> v128: i16x8.relaxed_dot_i8x16_i7x16_s
    plain: i32 -> v128: i8x16.splat i16x8.splat i32x4.splat
    plain: i64 -> v128: i64x2.splat
    plain: f32 -> v128: f32x4.splat
    plain: f64 -> v128: f64x2.splat
    lane: v128 -> i32: i8x16.extract_lane_s i8x16.extract_lane_u i16x8.extract_lane_s i16x8.extract_lane_u i32x4.extract_lane
    lane: v128 i32 -> v128: i8x16.replace_lane i16x8.replace_lane i32x4.replace_lane
    lane: v128 -> i64: i64x2.extract_lane
    lane: v128 i64 -> v128: i64x2.replace_lane
    lane: v128 -> f32: f32x4.extract_lane
    lane: v128 f32 -> v128: f32x4.replace_lane
    lane: v128 -> f64: f64x2.extract_lane
    lane: v128 f64 -> v128: f64x2.replace_lane
    plain: v128 -> v128: v128.not f32x4.demote_f64x2_zero f64x2.promote_low_f32x4 i8x16.abs i8x16.neg i8x16.popcnt f32x4.ceil f32x4.floor f32x4.trunc f32x4.nearest
    plain: v128 -> v128: f64x2.ceil f64x2.floor f64x2.trunc i16x8.extadd_pairwise_i8x16_s i16x8.extadd_pairwise_i8x16_u i32x4.extadd_pairwise_i16x8_s
    plain: v128 -> v128: i32x4.extadd_pairwise_i16x8_u i16x8.abs i16x8.neg i16x8.extend_low_i8x16_s i16x8.extend_high_i8x16_s i16x8.extend_low_i8x16_u
    plain: v128 -> v128: i16x8.extend_high_i8x16_u f64x2.nearest i32x4.abs i32x4.neg i32x4.extend_low_i16x8_s i32x4.extend_high_i16x8_s i32x4.extend_low_i16x8_u
    plain: v128 -> v128: i32x4.extend_high_i16x8_u i64x2.abs i64x2.neg i64x2.extend_low_i32x4_s i64x2.extend_high_i32x4_s i64x2.extend_low_i32x4_u
    plain: v128 -> v128: i64x2.extend_high_i32x4_u f32x4.abs f32x4.neg f32x4.sqrt f64x2.abs f64x2.neg f64x2.sqrt i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u
    plain: v128 -> v128: f32x4.convert_i32x4_s f32x4.convert_i32x4_u i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero f64x2.convert_low_i32x4_s
    plain: v128 -> v128: f64x2.convert_low_i32x4_u i32x4.relaxed_trunc_f32x4_s i32x4.relaxed_trunc_f32x4_u i32x4.relaxed_trunc_f64x2_s_zero
    plain: v128 -> v128: i32x4.relaxed_trunc_f64x2_u_zero
    plain: v128 v128 v128 -> v128: v128.bitselect f32x4.relaxed_madd f32x4.relaxed_nmadd f64x2.relaxed_madd f64x2.relaxed_nmadd i8x16.relaxed_laneselect
    plain: v128 v128 v128 -> v128: i16x8.relaxed_laneselect i32x4.relaxed_laneselect i64x2.relaxed_laneselect i32x4.relaxed_dot_i8x16_i7x16_add_s
    plain: v128 -> i32: v128.any_true i8x16.all_true i8x16.bitmask i16x8.all_true i16x8.bitmask i32x4.all_true i32x4.bitmask i64x2.all_true i64x2.bitmask
    memarg1 lane: addr v128 -> v128: v128.load8_lane
    memarg2 lane: addr v128 -> v128: v128.load16_lane
    memarg4 lane: addr v128 -> v128: v128.load32_lane
    memarg8 lane: addr v128 -> v128: v128.load64_lane
    memarg1 lane: addr v128 ->: v128.store8_lane
    memarg2 lane: addr v128 ->: v128.store16_lane
    memarg4 lane: addr v128 ->: v128.store32_lane
    memarg8 lane: addr v128 ->: v128.store64_lane
    plain: v128 i32 -> v128: i8x16.shl i8x16.shr_s i8x16.shr_u i16x8.shl i16x8.shr_s i16x8.shr_u i32x4.shl i32x4.shr_s i32x4.shr_u i64x2.shl i64x2.shr_s
    plain: v128 i32 -> v128: i64x2.shr_u
    memarg4: addr i32 -> i32: memory.atomic.notify i32.atomic.rmw.add i32.atomic.rmw.sub i32.atomic.rmw.and i32.atomic.rmw.or i32.atomic.rmw.xor
    memarg4: addr i32 -> i32: i32.atomic.rmw.xchg
    memarg4: addr i32 i64 -> i32: memory.atomic.wait32
    memarg8: addr i64 i64 -> i32: memory.atomic.wait64
    zero: ->: atomic.fence
    memarg8: addr i64 -> i64: i64.atomic.rmw.add i64.atomic.rmw.sub i64.atomic.rmw.and i64.atomic.rmw.or i64.atomic.rmw.xor i64.atomic.rmw.xchg
    memarg1: addr i32 -> i32: i32.atomic.rmw8.add_u i32.atomic.rmw8.sub_u i32.atomic.rmw8.and_u i32.atomic.rmw8.or_u i32.atomic.rmw8.xor_u
    memarg1: addr i32 -> i32: i32.atomic.rmw8.xchg_u
    memarg2: addr i32 -> i32: i32.atomic.rmw16.add_u i32.atomic.rmw16.sub_u i32.atomic.rmw16.and_u i32.atomic.rmw16.or_u i32.atomic.rmw16.xor_u
    memarg2: addr i32 -> i32: i32.atomic.rmw16.xchg_u
    memarg1: addr i64 -> i64: i64.atomic.rmw8.add_u i64.atomic.rmw8.sub_u i64.atomic.rmw8.and_u i64.atomic.rmw8.or_u i64.atomic.rmw8.xor_u
    memarg1: addr i64 -> i64: i64.atomic.rmw8.xchg_u
    memarg2: addr i64 -> i64: i64.atomic.rmw16.add_u i64.atomic.rmw16.sub_u i64.atomic.rmw16.and_u i64.atomic.rmw16.or_u i64.atomic.rmw16.xor_u
    memarg2: addr i64 -> i64: i64.atomic.rmw16.xchg_u
    memarg4: addr i64 -> i64: i64.atomic.rmw32.add_u i64.atomic.rmw32.sub_u i64.atomic.rmw32.and_u i64.atomic.rmw32.or_u i64.atomic.rmw32.xor_u
    memarg4: addr i64 -> i64: i64.atomic.rmw32.xchg_u
    memarg4: addr i32 i32 -> i32: i32.atomic.rmw.cmpxchg
    memarg8: addr i64 i64 -> i64: i64.atomic.rmw.cmpxchg
    memarg1: addr i32 i32 -> i32: i32.atomic.rmw8.cmpxchg_u
    memarg2: addr i32 i32 -> i32: i32.atomic.rmw16.cmpxchg_u
    memarg1: addr i64 i64 -> i64: i64.atomic.rmw8.cmpxchg_u
    memarg2: addr i64 i64 -> i64: i64.atomic.rmw16.cmpxchg_u
    memarg4: addr i64 i64 -> i64: i64.atomic.rmw32.cmpxchg_u
"""
"""Immediates, operands and results of instructions whose types are always these; `addr` is the memory's index type."""

IRREGULAR = """
    unreachable
    return
    (block (nop)) (loop (nop)) (if (i32.const 0) (then) (else))
    (drop (block (result i32) (i32.const 0)))
    (drop (loop (result i32) (i32.const 0)))
    (drop (if (result i32) (i32.const 0) (then (i32.const 0)) (else (i32.const 1))))
    (i32.const 1) (block (param i32) (drop))
    (i32.const 1) (loop (param i32) (drop))
    (i32.const 1) (i32.const 1) (if (param i32) (then (drop)) (else (drop)))
    (throw $tag (i32.const 0))
    (throw_ref (ref.null exn))
    (br 0)
    (br_if 0 (i32.const 0))
    (br_table 0 0 0 (i32.const 0))
    (block (block (br_table 0 1 2 0 (i32.const 0))))
    (call $f) (call $number (i32.const 0)) (drop (call $answer))
    (call_indirect (i32.const 0)) (call_indirect $t2 (type $i) (i32.const 0) (i32.const 0))
    (return_call $f)
    (return_call_indirect (i32.const 0))
    (call_ref $v (ref.func $f))
    (return_call_ref $v (ref.func $f))
    (drop (select (i32.const 0) (i32.const 0) (i32.const 0)))
    (drop (select (result funcref) (ref.null func) (ref.null func) (i32.const 0)))
    (block $l (result exnref) (try_table (catch_all_ref $l)) (ref.null exn)) (drop)
    (block $l (try_table (catch_all $l)))
    (block $l (result i32) (try_table (catch $tag $l)) (i32.const 0)) (drop)
    (block $l (result i32 exnref) (try_table (catch_ref $tag $l)) (i32.const 0) (ref.null exn)) (drop) (drop)
    (local.set 0 (local.get 0)) (drop (local.tee 0 (i32.const 0)))
    (global.set $gm (global.get $gm))
    (table.set $t (i32.const 0) (table.get $t (i32.const 0)))
    (drop (table.grow $t (ref.null func) (i32.const 0))) (drop (table.size $t2)) (table.fill $t2 (i32.const 0) (ref.null func) (i32.const 0))
    (table.init $t2 $el (i32.const 0) (i32.const 0) (i32.const 0)) (elem.drop $el) (table.copy $t $t2 (i32.const 0) (i32.const 0) (i32.const 0))
    (memory.init $m $d (i32.const 0) (i32.const 0) (i32.const 0)) (data.drop $d) (memory.copy $m $m2 (i32.const 0) (i64.const 0) (i32.const 0))
    (memory.fill $m (i32.const 0) (i32.const 0) (i32.const 0)) (memory.fill $m2 (i64.const 0) (i32.const 0) (i64.const 0))
    (drop (ref.null func)) (drop (ref.null extern)) (drop (ref.null any)) (drop (ref.null eq)) (drop (ref.null i31)) (drop (ref.null struct))
    (drop (ref.null array)) (drop (ref.null exn)) (drop (ref.null none)) (drop (ref.null nofunc)) (drop (ref.null noextern)) (drop (ref.null noexn))
    (drop (ref.null cont)) (drop (ref.null nocont)) (drop (ref.null $v)) (drop (ref.null (shared any))) (drop (ref.null (shared func)))
    (drop (ref.is_null (ref.null func))) (drop (ref.func $f)) (drop (ref.eq (ref.null eq) (ref.null i31))) (drop (ref.as_non_null (ref.null func)))
    (block $l (br_on_null $l (ref.null func)) (drop)) (drop (block $l (result (ref func)) (br_on_non_null $l (ref.null func)) (ref.func $f)))
    (drop (cont.new $c (ref.null $v)))
    (drop (cont.bind $ci $c (i32.const 0) (ref.null $ci)))
    (suspend $none)
    (resume $c (ref.null $c))
    (resume $c (on $none switch) (ref.null $c))
    (block $l (result (ref null $c)) (resume $c (on $none $l) (ref.null $c)) (ref.null $c)) (drop)
    (resume_throw $c $tag (i32.const 0) (ref.null $c))
    (resume_throw_ref $c (ref.null exn) (ref.null $c))
    (drop (struct.new $s (i32.const 0) (i32.const 0))) (drop (struct.new_default $s))
    (drop (struct.get $s 0 (ref.null $s))) (drop (struct.get_s $s 1 (ref.null $s))) (drop (struct.get_u $s 1 (ref.null $s))) (struct.set $s 1 (ref.null $s) (i32.const 0))
    (drop (array.new $a (i32.const 0) (i32.const 0))) (drop (array.new_default $a (i32.const 0))) (drop (array.new_fixed $a 2 (i32.const 0) (i32.const 0)))
    (drop (array.new_data $b $d (i32.const 0) (i32.const 0))) (drop (array.new_elem $fs $el (i32.const 0) (i32.const 0)))
    (drop (array.get $a (ref.null $a) (i32.const 0))) (drop (array.get_s $b (ref.null $b) (i32.const 0))) (drop (array.get_u $b (ref.null $b) (i32.const 0)))
    (array.set $a (ref.null $a) (i32.const 0) (i32.const 0)) (drop (array.len (ref.null $a))) (array.fill $a (ref.null $a) (i32.const 0) (i32.const 0) (i32.const 0))
    (array.copy $a $a (ref.null $a) (i32.const 0) (ref.null $a) (i32.const 0) (i32.const 0))
    (array.init_data $b $d (ref.null $b) (i32.const 0) (i32.const 0) (i32.const 0)) (array.init_elem $fs $el (ref.null $fs) (i32.const 0) (i32.const 0) (i32.const 0))
    (drop (ref.test (ref $s) (ref.null any))) (drop (ref.test (ref null i31) (ref.null any))) (drop (ref.cast (ref $s) (ref.null any))) (drop (ref.cast (ref null eq) (ref.null any)))
    (drop (block $l (result (ref null $s)) (drop (br_on_cast $l anyref (ref null $s) (ref.null any))) (ref.null $s)))
    (drop (block $l (result anyref) (br_on_cast_fail $l anyref (ref null $s) (ref.null any))))
    (drop (block $l (result (ref $s)) (drop (br_on_cast $l eqref (ref $s) (ref.null eq))) unreachable))
    (drop (any.convert_extern (ref.null extern))) (drop (extern.convert_any (ref.null any))) (drop (ref.i31 (i32.const 0))) (drop (i31.get_s (ref.null i31))) (drop (i31.get_u (ref.null i31)))
    (drop (struct.new_desc $de (ref.null $meta))) (drop (struct.new_default_desc $de (ref.null $meta))) (drop (ref.get_desc $de (ref.null $de)))
    (drop (ref.cast_desc_eq (ref null $de) (ref.null $de) (ref.null $meta))) (drop (ref.cast_desc_eq (ref $de) (ref.null $de) (ref.null $meta)))
    (drop (block $l (result (ref null $de)) (br_on_cast_desc_eq $l (ref null $de) (ref null $de) (ref.null $de) (ref.null $meta))))
    (drop (block $l (result (ref null $de)) (br_on_cast_desc_eq_fail $l (ref null $de) (ref null $de) (ref.null $de) (ref.null $meta))))
    (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 (local.get 4) (local.get 4)))
    (drop (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 -1)) (drop (v128.const i16x8 0 1 2 3 4 5 6 -7)) (drop (v128.const i32x4 0 1 2 -3)) (drop (v128.const f32x4 0 1.5 inf nan)) (drop (v128.const f64x2 -0 1))
    (atomic.fence) (drop (ref.i31_shared (i32.const 0)))
"""

ATOMIC = (
    *(
        "global.atomic.get",
        "global.atomic.set",
        "global.atomic.rmw.add",
        "global.atomic.rmw.sub",
        "global.atomic.rmw.and",
    ),
    *("global.atomic.rmw.or", "global.atomic.rmw.xor", "global.atomic.rmw.xchg", "global.atomic.rmw.cmpxchg"),
    *("table.atomic.get", "table.atomic.set", "table.atomic.rmw.xchg", "table.atomic.rmw.cmpxchg"),
    *("struct.atomic.get", "struct.atomic.get_s", "struct.atomic.get_u", "struct.atomic.set", "struct.atomic.rmw.add"),
    *("struct.atomic.rmw.sub", "struct.atomic.rmw.and", "struct.atomic.rmw.or", "struct.atomic.rmw.xor"),
    *("struct.atomic.rmw.xchg", "struct.atomic.rmw.cmpxchg", "array.atomic.get", "array.atomic.get_s"),
    *("array.atomic.get_u", "array.atomic.set", "array.atomic.rmw.add", "array.atomic.rmw.sub", "array.atomic.rmw.and"),
    *("array.atomic.rmw.or", "array.atomic.rmw.xor", "array.atomic.rmw.xchg", "array.atomic.rmw.cmpxchg"),
)

LOCALS = {"i32": 0, "i64": 1, "f32": 2, "f64": 3, "v128": 4}
IMMEDIATES = {"lane": "1", "i32": "7", "i64": "-7", "f32": "1.5", "f64": "-1.5", "v128": "i64x2 1 -2"}


def regular() -> list[tuple[str, str, str, str]]:
    """Name, immediates, operands and results."""
    rows = []
    for line in REGULAR.strip().splitlines():
        immediates, _, rest = line.strip().partition(": ")
        signature, _, names = rest.partition(": ")
        params, _, results = signature.partition("->")
        rows += [(name, immediates, params.strip(), results.strip()) for name in names.split()]
    return rows


def call(name: str, immediates: str, params: str, results: str, memory: str = "$m", more: str = "") -> str:
    """An instruction with all its operands; what it gives goes to locals."""
    address = "i64" if memory == "$m2" else "i32"
    words = [name]
    if immediates.startswith("mem"):
        words.append(f"{memory} {more if 'arg' in immediates else ''}")
    words += [IMMEDIATES[word] for word in immediates.split() if word in IMMEDIATES]
    operands = " ".join(f"local.get {LOCALS[p.replace('addr', address)]}" for p in params.split())
    taken = " ".join(f"local.set {LOCALS[r.replace('addr', address)]}" for r in reversed(results.split()))
    return f"{operands} {' '.join(words)} {taken}"


MODULE = """(module
  (type $v (func))
  (type $i (func (param i32)))
  (type $c (cont $v))
  (type $ci (cont $i))
  (type $s (struct (field (mut i32)) (field (mut i8))))
  (type $a (array (mut i32)))
  (type $b (array (mut i8)))
  (type $fs (array (mut funcref)))
  (rec (type $de (descriptor $meta) (struct)) (type $meta (describes $de) (struct)))
  (memory $m 1)
  (memory $m2 i64 1)
  (memory $ms 1 1 shared)
  (table $t 1 funcref)
  (table $t2 1 funcref)
  (global $gm (mut i32) (i32.const 0))
  (tag $tag (param i32))
  (tag $none)
  (elem $el funcref (ref.null func))
  (elem declare func $f)
  (data $d "abc")
  (func $f)
  (func $number (param i32))
  (func $answer (result i32) (i32.const 42))
  BODIES
)"""


def body(text: str) -> str:
    return f"(func (local i32 i64 f32 f64 v128) {text})"


def whole(memory: str = "$m", more: str = "") -> str:
    bodies = [body(call(*row, memory, more)) for row in regular()]
    return MODULE.replace("BODIES", "\n  ".join(bodies))


def irregular() -> list[str]:
    return [line.strip() for line in IRREGULAR.strip().splitlines()]


@pytest.mark.parametrize("memory", ["$m", "$m2", "$ms"])
def test_regular_instructions_are_valid(memory: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # Nothing is exported or imported: as a component the module does what `new` asks, if it is valid.
    assert answers("component new -o out in.wat", {memory: whole(memory)}) == golden


@pytest.mark.slow
def test_each_is_refused_without_operands(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for name, immediates, params, results in regular():
        if params:
            short = call(name, immediates, " ".join(params.split()[1:]), results)
            cases[name] = MODULE.replace("BODIES", body(short))
    told = answers("component new -o out in.wat", cases)
    assert (
        "".join(f"{line}\n" for line in told.splitlines() if line.startswith("==") or "type mismatch" in line) == golden
    )


@pytest.mark.slow
def test_alignments(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for name, immediates, params, results in regular():
        if immediates.startswith("memarg"):
            natural = int(immediates.split()[0].removeprefix("memarg"))
            for align in (natural // 2, natural, natural * 2):
                if align:
                    text = body(call(name, immediates, params, results, "$m", f"offset=8 align={align}"))
                    cases[f"{name} align={align}"] = MODULE.replace("BODIES", text)
    told = answers("component new -o out in.wat", cases)
    assert "".join(f"{line}\n" for line in told.splitlines() if line.startswith("==") or "align" in line) == golden


def test_irregular_instructions(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {line: MODULE.replace("BODIES", body(line)) for line in irregular()}
    assert answers("component new -o out in.wat", cases) == golden


def test_printed(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    text = whole("$m2", "offset=300")[:-1] + "\n  ".join(body(line) for line in irregular())
    for name in ATOMIC:
        for order in ("seqcst", "acqrel"):
            named = {"g": "$gm", "t": "$t", "s": "$s 0", "a": "$a"}[name[0]]
            text += body(f"{name} {order} {named}")
    assert answers("component embed -t w.wit in.wat", {"all": text + ")"}) == golden


def test_written(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    text = whole("$m", "offset=300 align=1")[:-1] + "\n  ".join(body(line) for line in irregular())
    for name in ATOMIC:
        named = {"g": "$gm", "t": "$t", "s": "$s 0", "a": "$a"}[name[0]]
        text += body(f"{name} seqcst {named} {name} acqrel {named}")
    assert answers("component embed w.wit in.wat", {"all": text + ")"}) == golden


UNKNOWN = (
    *(
        "ref.as_non_null",
        "any.convert_extern",
        "extern.convert_any",
        "br_on_null 0",
        "ref.cast anyref",
        "select",
        "drop",
    ),
    *("any.convert_extern ref.as_non_null", "extern.convert_any ref.as_non_null", "ref.get_desc $de", "array.get $fs"),
    *(
        "table.get $t",
        "call_ref $v",
        "ref.i31",
        "ref.as_non_null ref.as_non_null",
        "struct.new $s",
        "throw_ref",
        "cont.new $c",
    ),
)
TAKEN = (
    *(
        "ref.eq",
        "ref.is_null",
        "any.convert_extern",
        "extern.convert_any",
        "i31.get_s",
        "array.len",
        "ref.test (ref i31)",
    ),
    *(
        "ref.test (ref func)",
        "ref.cast (ref extern)",
        "call_ref $v",
        "struct.get $s 0",
        "throw_ref",
        "resume $c",
        "i32.eqz",
    ),
    *(
        "table.set $t",
        "drop",
        "select",
        "select (result funcref)",
        "global.set $gm",
        "ref.as_non_null",
        "br_on_non_null 0",
    ),
    *(
        "br_on_cast 0 anyref eqref",
        "array.fill $fs",
        "ref.get_desc $de",
        "cont.bind $ci $c",
        "local.set 0",
        "return_call_ref $v",
    ),
)


@pytest.mark.slow
@pytest.mark.parametrize("made", UNKNOWN)
def test_what_follows_unreachable(made: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # References of a type that is known in part only.
    cases = {taken: MODULE.replace("BODIES", body(f"unreachable {made} {taken} unreachable")) for taken in TAKEN}
    told = answers("component new -o out in.wat", cases).splitlines()
    assert (
        "".join(f"{line.strip()}\n" for line in told if line.startswith(("==", "status")) or " 1: " in line) == golden
    )
