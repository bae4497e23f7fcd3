;; The two passes of Pillow's resize (see resize.ts) on vectors of four 32-bit sums. A pass may read and write up to 15 bytes
;; behind its data; what it writes there is either written again by the next pixel or row, or lies in the slack behind the end.
;; resize.wasm is this file, put together by `npm run build:resize`; a test compares them.
(module
  (memory (export "memory") 1)

  ;; Half of what is shifted away, and by how many bits: PRECISION_BITS.
  (global $half i32 (i32.const 2097152))
  (global $bits i32 (i32.const 22))

  ;; Horizontal pass: rows of `stride` bytes at `source` to rows of `count` pixels at `out`.
  ;; first, length [count] and weights [count, taps]: 32-bit numbers, `first` in bytes.
  (func (export "rows")
    (param $source i32) (param $stride i32) (param $rows i32)
    (param $first i32) (param $length i32) (param $weights i32) (param $taps i32) (param $count i32) (param $out i32)
    (local $x i32) (local $from i32) (local $tap i32) (local $end i32) (local $sum v128)
    (if (i32.eqz (local.get $rows)) (then (return)))
    (loop $row
      (local.set $x (i32.const 0))
      (loop $pixel
        (local.set $from
          (i32.add (local.get $source) (i32.load (i32.add (local.get $first) (i32.shl (local.get $x) (i32.const 2))))))
        (local.set $tap
          (i32.add
            (local.get $weights)
            (i32.shl (i32.mul (local.get $x) (local.get $taps)) (i32.const 2))))
        (local.set $end
          (i32.add
            (local.get $tap)
            (i32.shl (i32.load (i32.add (local.get $length) (i32.shl (local.get $x) (i32.const 2)))) (i32.const 2))))
        (local.set $sum (i32x4.splat (global.get $half)))
        (loop $next
          ;; red, green, blue and a stranger: the next pixel's red
          (local.set $sum
            (i32x4.add
              (local.get $sum)
              (i32x4.mul
                (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (v128.load32_zero (local.get $from))))
                (v128.load32_splat (local.get $tap)))))
          (local.set $from (i32.add (local.get $from) (i32.const 3)))
          (br_if $next
            (i32.lt_u (local.tee $tap (i32.add (local.get $tap) (i32.const 4))) (local.get $end))))
        (local.set $sum (i32x4.shr_s (local.get $sum) (global.get $bits)))
        (local.set $sum (i16x8.narrow_i32x4_s (local.get $sum) (local.get $sum)))
        (i32.store
          (local.get $out)
          (i32x4.extract_lane 0 (i8x16.narrow_i16x8_u (local.get $sum) (local.get $sum))))
        (local.set $out (i32.add (local.get $out) (i32.const 3)))
        (br_if $pixel
          (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 1))) (local.get $count))))
      (local.set $source (i32.add (local.get $source) (local.get $stride)))
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  ;; Vertical pass: `count` rows of `stride` bytes at `out`, 16 columns at a time. `first` in bytes from `source`.
  (func (export "columns")
    (param $source i32) (param $stride i32)
    (param $first i32) (param $length i32) (param $weights i32) (param $taps i32) (param $count i32) (param $out i32)
    (local $y i32) (local $x i32) (local $from i32) (local $tap i32) (local $end i32) (local $start i32)
    (local $bytes v128) (local $half8 v128) (local $weight v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (loop $row
      (local.set $start
        (i32.add
          (local.get $weights)
          (i32.shl (i32.mul (local.get $y) (local.get $taps)) (i32.const 2))))
      (local.set $end
        (i32.add
          (local.get $start)
          (i32.shl (i32.load (i32.add (local.get $length) (i32.shl (local.get $y) (i32.const 2)))) (i32.const 2))))
      (local.set $x (i32.const 0))
      (loop $sixteen
        (local.set $from
          (i32.add
            (i32.add (local.get $source) (local.get $x))
            (i32.load (i32.add (local.get $first) (i32.shl (local.get $y) (i32.const 2))))))
        (local.set $a (i32x4.splat (global.get $half)))
        (local.set $b (local.get $a))
        (local.set $c (local.get $a))
        (local.set $d (local.get $a))
        (local.set $tap (local.get $start))
        (loop $next
          (local.set $bytes (v128.load (local.get $from)))
          (local.set $weight (v128.load32_splat (local.get $tap)))
          (local.set $half8 (i16x8.extend_low_i8x16_u (local.get $bytes)))
          (local.set $a
            (i32x4.add (local.get $a) (i32x4.mul (i32x4.extend_low_i16x8_u (local.get $half8)) (local.get $weight))))
          (local.set $b
            (i32x4.add (local.get $b) (i32x4.mul (i32x4.extend_high_i16x8_u (local.get $half8)) (local.get $weight))))
          (local.set $half8 (i16x8.extend_high_i8x16_u (local.get $bytes)))
          (local.set $c
            (i32x4.add (local.get $c) (i32x4.mul (i32x4.extend_low_i16x8_u (local.get $half8)) (local.get $weight))))
          (local.set $d
            (i32x4.add (local.get $d) (i32x4.mul (i32x4.extend_high_i16x8_u (local.get $half8)) (local.get $weight))))
          (local.set $from (i32.add (local.get $from) (local.get $stride)))
          (br_if $next
            (i32.lt_u (local.tee $tap (i32.add (local.get $tap) (i32.const 4))) (local.get $end))))
        (v128.store
          (i32.add (local.get $out) (local.get $x))
          (i8x16.narrow_i16x8_u
            (i16x8.narrow_i32x4_s
              (i32x4.shr_s (local.get $a) (global.get $bits))
              (i32x4.shr_s (local.get $b) (global.get $bits)))
            (i16x8.narrow_i32x4_s
              (i32x4.shr_s (local.get $c) (global.get $bits))
              (i32x4.shr_s (local.get $d) (global.get $bits)))))
        (br_if $sixteen
          (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 16))) (local.get $stride))))
      (local.set $out (i32.add (local.get $out) (local.get $stride)))
      (br_if $row
        (i32.lt_u (local.tee $y (i32.add (local.get $y) (i32.const 1))) (local.get $count))))))
