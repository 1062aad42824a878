// mdlc_cuda_host.h: runs the text of a CUDA kernel on the CPU, for tests on machines without a GPU.
//
// Every thread of a block is a fiber; one operating-system thread runs a whole block. A fiber runs until it
// meets a barrier or a warp collective, so a kernel without either costs one call per thread. On purpose it
// is stricter than a GPU: a barrier or a warp collective that not all threads reach is an error (a GPU may
// hang or continue), shared memory is poisoned at the start of each block, MDLC_LD / MDLC_ST check shared
// accesses for races, and the order of warps, lanes and blocks can be reversed or shuffled so that a
// missing barrier changes the result instead of passing by luck.
// C++17, GCC or Clang, x86-64 (hand-written switch) or anything with ucontext.
#pragma once
#ifndef MDLC_HOST_SHIM
#error "include this only with -DMDLC_HOST_SHIM"
#endif
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>
#if !defined(__x86_64__) || defined(MDLC_UCONTEXT)
#include <ucontext.h>
#define MDLC_USE_UCONTEXT 1
#endif

struct uint3 { unsigned x, y, z; };
struct dim3 { unsigned x, y, z; constexpr dim3(unsigned a = 1, unsigned b = 1, unsigned c = 1) : x(a), y(b), z(c) {} };
struct alignas(8) float2 { float x, y; };
struct alignas(16) float4 { float x, y, z, w; };
struct alignas(8) uint2 { unsigned x, y; };
struct alignas(16) uint4 { unsigned x, y, z, w; };
struct alignas(16) int4 { int x, y, z, w; };
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }

namespace mdlc {

enum Schedule { FORWARD = 0, REVERSE = 1, SHUFFLED = 2 };
enum State : uint8_t { READY, IN_WARP, IN_BLOCK, DONE };
constexpr int WARP = 32;

#ifdef MDLC_USE_UCONTEXT
typedef ucontext_t* Ctx;
inline void swap(Ctx* save, Ctx to) { swapcontext(*save, to); }
#else
typedef void* Ctx;
// saves the callee-saved registers on the current stack, stores the stack pointer, continues on the other one
__attribute__((naked, noinline)) static void swap(Ctx*, Ctx) {
  asm volatile(
      "pushq %rbp\n pushq %rbx\n pushq %r12\n pushq %r13\n pushq %r14\n pushq %r15\n"
      "movq %rsp, (%rdi)\n movq %rsi, %rsp\n"
      "popq %r15\n popq %r14\n popq %r13\n popq %r12\n popq %rbx\n popq %rbp\n popq %rcx\n jmp *%rcx\n");
}
#endif

struct Stack {
  Ctx ctx = nullptr;
  char* mem = nullptr;
#ifdef MDLC_USE_UCONTEXT
  ucontext_t uc;
#endif
  ~Stack() { free(mem); }
};

struct Fiber {            // one CUDA thread
  Stack* stack = nullptr; // given at its first step, taken back at its end: a kernel without barriers uses one stack
  uint3 tid{};
  uint32_t mask = 0;      // lanes of the collective it waits for
  uint16_t warp = 0;
  uint8_t lane = 0;
  State state = DONE;
  uint8_t parity = 0;     // which of the two exchange buffers the next collective uses
  int what = 0;           // kind of collective, to catch lanes that meet in different ones
};

struct Warp { alignas(64) uint64_t slot[2][WARP][4]; int lanes, waiting, what, begun; uint32_t epoch; };  // begun: how far into laneOrder threads were started
struct SharedBlock { const void* key; size_t bytes; size_t off; };
// last accesses of one 4-byte shared word, for the race check
struct Shadow { uint32_t wEpoch, wWarpEpoch, rEpoch, rWarpEpoch; int32_t w, r; };  // w, r: thread or -1; r == -2: many

struct Block {
  dim3 grid, block;
  uint3 bid{};
  Fiber* cur = nullptr;
  Ctx main = nullptr;
#ifdef MDLC_USE_UCONTEXT
  ucontext_t mainUc;
#endif
  std::vector<Fiber> fibers;
  std::vector<std::unique_ptr<Stack>> stacks;
  std::vector<Stack*> freeStacks;
  std::vector<Warp> warps;
  std::vector<int> warpOrder;
  int laneOrder[WARP], lanePos[WARP];
  std::vector<SharedBlock> shared;
  std::vector<char> arenaStore;
  char* arena = nullptr;
  size_t arenaUsed = 0, dynBytes = 0;
  std::vector<Shadow> shadow;
  bool race = false;
  int threads = 0, live = 0, inBlock = 0;
  uint32_t epoch = 1;
  std::string error;
  void* body = nullptr;
  void (*call)(void*) = nullptr;
  std::mt19937 rng;
};

constexpr size_t STACK = 64 << 10, ARENA = 256 << 10;
#if defined(__clang__) || defined(__GNUC__)
#define MDLC_TLS __attribute__((tls_model("initial-exec")))
#endif
inline thread_local Block* B MDLC_TLS = nullptr;

[[noreturn]] inline void fail(std::string m) {
  Block* b = B;
  if (b->error.empty()) {
    char at[128];
    snprintf(at, sizeof at, " [block %u,%u,%u thread %u,%u,%u]", b->bid.x, b->bid.y, b->bid.z, b->cur->tid.x, b->cur->tid.y, b->cur->tid.z);
    b->error = m + at;
  }
  for (;;) swap(&b->cur->stack->ctx, b->main);  // abandoned here
}
// gives way to the next lane of the warp that can go on, or to the scheduler
inline void yieldNow() {
  Block* b = B;
  Fiber* f = b->cur;
  Fiber* base = f - f->lane;
  for (int i = b->lanePos[f->lane] + 1; i < WARP; i++) {
    Fiber& g = base[b->laneOrder[i]];
    if (g.state == READY && g.stack) { b->cur = &g; swap(&f->stack->ctx, g.stack->ctx); return; }
    if (g.state == READY) break;
  }
  swap(&f->stack->ctx, b->main);
}

inline void fiberEntry() {
  for (;;) {
    Block* b = B;
    b->call(b->body);
    b = B;
    Fiber* f = b->cur;
    Stack* mine = f->stack;
    f->stack = nullptr;
    f->state = DONE;
    b->live--;
    Fiber* next = nullptr;  // go on with a thread of this warp that has not begun
    Warp& w = b->warps[f->warp];
    while (w.begun < WARP && !next) {
      const int l = b->laneOrder[w.begun++];
      if (l < w.lanes && !f[l - f->lane].stack && f[l - f->lane].state == READY) next = &f[l - f->lane];
    }
    if (next) { next->stack = mine; b->cur = next; continue; }
    b->freeStacks.push_back(mine);
    swap(&mine->ctx, b->main);
  }
}

inline Stack* takeStack(Block* b) {
  if (!b->freeStacks.empty()) { Stack* s = b->freeStacks.back(); b->freeStacks.pop_back(); return s; }
  b->stacks.push_back(std::make_unique<Stack>());
  Stack* s = b->stacks.back().get();
  s->mem = (char*)aligned_alloc(64, STACK);
  const size_t top = STACK - b->stacks.size() % 61 * 192;  // neighbours in different cache sets: the stacks are a power of two apart
#ifdef MDLC_USE_UCONTEXT
  getcontext(&s->uc);
  s->uc.uc_stack.ss_sp = s->mem;
  s->uc.uc_stack.ss_size = top;
  s->uc.uc_link = nullptr;
  makecontext(&s->uc, (void (*)())fiberEntry, 0);
  s->ctx = &s->uc;
#else
  void** sp = (void**)(s->mem + top);
  *--sp = nullptr;                    // keeps the stack 16-byte aligned at entry
  *--sp = (void*)&fiberEntry;         // what ret jumps to
  for (int i = 0; i < 6; i++) *--sp = nullptr;
  s->ctx = sp;
#endif
  return s;
}

// ---- barriers ----------------------------------------------------------------------------------------------
inline void syncBlock() {
  Block* b = B;
  Fiber* f = b->cur;
  f->state = IN_BLOCK;
  if (++b->inBlock == b->threads) {  // last one in: nobody has exited, everybody is here
    for (int t = 0; t < b->threads; t++) b->fibers[t].state = READY;
    b->inBlock = 0;
    b->epoch++;
    return;
  }
  yieldNow();
}

// Waits until all lanes of mask are in a collective of the same kind. The full mask means all lanes that exist.
inline void syncWarp(uint32_t mask, int what) {
  Block* b = B;
  Fiber* f = b->cur;
  Warp& w = b->warps[f->warp];
  Fiber* base = &b->fibers[f->warp * WARP];
  f->mask = mask;
  f->state = IN_WARP;
  if (mask == 0xffffffffu) {
    if (w.waiting == 0) w.what = what;
    else if (w.what != what) fail("warp collective: lanes of one warp meet in different collectives");
    if (++w.waiting < w.lanes) { yieldNow(); return; }
    w.waiting = 0;
    for (int l = 0; l < w.lanes; l++) base[l].state = READY;
  } else {
    if (!(mask >> f->lane & 1)) fail("warp collective: the calling lane is not in its own mask");
    f->what = what;
    for (int l = 0; l < WARP; l++) {
      if (!(mask >> l & 1)) continue;
      if (l >= w.lanes || base[l].state != IN_WARP || base[l].mask != mask) { yieldNow(); return; }
      if (base[l].what != what) fail("warp collective: lanes of one warp meet in different collectives");
    }
    for (int l = 0; l < w.lanes; l++) if (mask >> l & 1) base[l].state = READY;
  }
  w.epoch++;
}

template <class T>
inline T exchange(uint32_t mask, T v, int src, int what) {
  static_assert(sizeof(T) <= 8, "shuffle of at most 8 bytes");
  Block* b = B;
  Fiber* f = b->cur;
  Warp& w = b->warps[f->warp];
  const int p = f->parity;
  f->parity ^= 1;
  uint64_t u = 0;
  memcpy(&u, &v, sizeof v);
  w.slot[p][f->lane][0] = u;
  syncWarp(mask, what);
  if (src < 0 || src >= WARP) return v;
  if (!(mask >> src & 1)) fail("shuffle reads a lane that is not in the mask");
  T r;
  memcpy(&r, &w.slot[p][src][0], sizeof r);
  return r;
}

// ---- shared memory -------------------------------------------------------------------------------------------
inline void* sharedMem(const void* key, size_t bytes) {
  Block* b = B;
  for (auto& s : b->shared) if (s.key == key) return b->arena + s.off;
  size_t off = (b->arenaUsed + 15) & ~size_t(15);
  if (off + bytes > ARENA) fail("shared memory: more than the shim's arena");
  memset(b->arena + off, 0xff, bytes);  // NaN in every float format, -1 in every integer
  b->shared.push_back({key, bytes, off});
  b->arenaUsed = off + bytes;
  return b->arena + off;
}
inline void touch(const void* p, size_t bytes, bool write) {
  Block* b = B;
  if (!b->race) return;
  size_t off = (const char*)p - b->arena;
  if (off >= b->arenaUsed) return;  // not shared memory
  Fiber* f = b->cur;
  const int me = int(f - b->fibers.data());
  const uint32_t we = b->warps[f->warp].epoch;
  auto ordered = [&](uint32_t e, uint32_t wep, int who) {  // did something order that access before this one?
    return who == me || e != b->epoch || (who / WARP == me / WARP && wep != we);
  };
  for (size_t k = off / 4; k <= (off + bytes - 1) / 4; k++) {
    Shadow& s = b->shadow[k];
    if (s.w >= 0 && !ordered(s.wEpoch, s.wWarpEpoch, s.w))
      fail(std::string("race on shared memory: ") + (write ? "write" : "read") + " after a write by thread " + std::to_string(s.w) + " with no barrier between");
    if (write) {
      if (s.rEpoch == b->epoch && (s.r == -2 || (s.r >= 0 && !ordered(s.rEpoch, s.rWarpEpoch, s.r))))
        fail("race on shared memory: write after a read by another thread with no barrier between");
      s.w = me; s.wEpoch = b->epoch; s.wWarpEpoch = we;
      s.r = -1;
    } else {
      if (s.rEpoch == b->epoch && s.r >= 0 && s.r / WARP != me / WARP) s.r = -2;   // readers of several warps
      else if (!(s.rEpoch == b->epoch && s.r == -2)) s.r = me;
      s.rEpoch = b->epoch; s.rWarpEpoch = we;
    }
  }
}
template <class T> struct Checked {  // what MDLC_LD / MDLC_ST see
  static T load(const T* p) { touch(p, sizeof(T), false); return *p; }
  static void store(T* p, T v) { touch(p, sizeof(T), true); *p = v; }
};

// ---- launch --------------------------------------------------------------------------------------------------
struct Options { Schedule schedule = FORWARD; unsigned seed = 1; bool race = false; int workers = 1; };
inline Options& options() { static Options o; return o; }
inline std::string& lastError() { static thread_local std::string e; return e; }

inline void runBlock(Block& b) {
  if (b.race) {  // forget the accesses of the block before
    if (b.shadow.empty()) b.shadow.assign(ARENA / 4, Shadow{0, 0, 0, 0, -1, -1});
    else std::fill_n(b.shadow.begin(), (b.arenaUsed + 3) / 4, Shadow{0, 0, 0, 0, -1, -1});
  }
  b.shared.clear();
  b.arenaUsed = 0;
  if (b.dynBytes) { memset(b.arena, 0xff, b.dynBytes); b.arenaUsed = b.dynBytes; }
  b.live = b.threads;
  b.inBlock = 0;
  b.epoch++;
  const int nw = (b.threads + WARP - 1) / WARP;
  for (int w = 0; w < nw; w++) { b.warps[w].lanes = std::min(WARP, b.threads - w * WARP); b.warps[w].waiting = b.warps[w].begun = 0; b.warps[w].epoch = 1; }
  for (int t = 0; t < b.threads; t++) { b.fibers[t].state = READY; b.fibers[t].parity = 0; }
  while (b.live > 0) {
    bool progress = false;
    for (int w : b.warpOrder) {
      bool again = true;
      while (again) {  // a warp runs until all its lanes wait for the block or are done
        again = false;
        for (int i = 0; i < WARP; i++) {
          if (b.laneOrder[i] >= b.warps[w].lanes) continue;
          Fiber& f = b.fibers[w * WARP + b.laneOrder[i]];
          if (f.state != READY) continue;
          if (!f.stack) { f.stack = takeStack(&b); b.warps[w].begun = std::max(b.warps[w].begun, i + 1); }
          b.cur = &f;
          swap(&b.main, f.stack->ctx);
          if (!b.error.empty()) return;
          progress = again = true;
        }
      }
    }
    if (!progress) {
      int inWarp = 0, inBlock = 0, done = 0;
      for (int t = 0; t < b.threads; t++) { inWarp += b.fibers[t].state == IN_WARP; inBlock += b.fibers[t].state == IN_BLOCK; done += b.fibers[t].state == DONE; }
      char m[256];
      snprintf(m, sizeof m, "block %u,%u,%u is stuck: %d threads at __syncthreads, %d in a warp collective, %d have returned", b.bid.x, b.bid.y, b.bid.z, inBlock, inWarp, done);
      b.error = m;
      return;
    }
  }
}

template <class F>
int launch(dim3 grid, dim3 block, size_t dyn, F&& body) {
  const Options o = options();
  const int threads = int(block.x * block.y * block.z);
  if (threads < 1 || threads > 1024) { lastError() = "block size must be 1..1024"; return 1; }
  if (dyn > ARENA) { lastError() = "dynamic shared memory: more than the shim's arena"; return 1; }
  const uint64_t blocks = (uint64_t)grid.x * grid.y * grid.z;
  const int workers = (int)std::min<uint64_t>(std::max(1, o.workers), blocks);
  std::vector<std::string> errors(workers);
  auto work = [&](int worker) {
    static thread_local std::unique_ptr<Block> store;
    if (!store || !store->error.empty()) store = std::make_unique<Block>();  // after an error its fibers are abandoned
    Block& b = *store;
    if (!b.arena) {
      b.arenaStore.resize(ARENA + 64);
      b.arena = (char*)(((uintptr_t)b.arenaStore.data() + 63) & ~uintptr_t(63));
    }
    if ((int)b.fibers.size() < threads) b.fibers.resize(threads);
    const int nw = (threads + WARP - 1) / WARP;
    b.warps.resize(nw);
    b.grid = grid; b.block = block; b.dynBytes = dyn; b.threads = threads; b.race = o.race;
#ifdef MDLC_USE_UCONTEXT
    b.main = &b.mainUc;
#endif
    for (int t = 0; t < threads; t++) {
      Fiber& f = b.fibers[t];
      f.tid = {t % block.x, t / block.x % block.y, t / (block.x * block.y)};
      f.warp = uint16_t(t / WARP); f.lane = uint8_t(t % WARP);
    }
    using Body = std::remove_reference_t<F>;
    b.body = (void*)&body;
    b.call = [](void* p) { (*(Body*)p)(); };
    b.warpOrder.resize(nw);
    for (int i = 0; i < nw; i++) b.warpOrder[i] = o.schedule == REVERSE ? nw - 1 - i : i;
    for (int i = 0; i < WARP; i++) b.laneOrder[i] = o.schedule == REVERSE ? WARP - 1 - i : i;
    b.rng.seed(o.seed + worker);
    Block* outer = B;
    B = &b;
    for (uint64_t i = worker; i < blocks; i += workers) {
      const uint64_t k = o.schedule == REVERSE ? blocks - 1 - i : i;
      b.bid = {unsigned(k % grid.x), unsigned(k / grid.x % grid.y), unsigned(k / ((uint64_t)grid.x * grid.y))};
      if (o.schedule == SHUFFLED) { std::shuffle(b.warpOrder.begin(), b.warpOrder.end(), b.rng); std::shuffle(b.laneOrder, b.laneOrder + WARP, b.rng); }
      for (int i = 0; i < WARP; i++) b.lanePos[b.laneOrder[i]] = i;
      runBlock(b);
      if (!b.error.empty()) { errors[worker] = b.error; break; }
    }
    B = outer;
  };
  if (workers == 1) work(0);
  else {
    std::vector<std::thread> ts;
    for (int w = 0; w < workers; w++) ts.emplace_back(work, w);
    for (auto& t : ts) t.join();
  }
  for (auto& e : errors) if (!e.empty()) { lastError() = e; return 1; }
  return 0;
}

// the calling convention of cuLaunchKernel: an array of pointers to the arguments
template <class... A, size_t... I>
int launchPacked(void (*k)(A...), const unsigned* cfg, void** args, std::index_sequence<I...>) {
  std::tuple<std::remove_cv_t<A>...> a{*(std::remove_cv_t<A>*)args[I]...};
  return launch(dim3(cfg[0], cfg[1], cfg[2]), dim3(cfg[3], cfg[4], cfg[5]), cfg[6], [&] { k(std::get<I>(a)...); });
}
// what a stand-in driver needs to know of a kernel: how to start it and how large its arguments are
struct Exported { int (*run)(const unsigned* cfg, void** args); int count; unsigned short size[256]; };
template <class... A> constexpr Exported describeAs(void (*)(A...), int (*run)(const unsigned*, void**)) {
  static_assert(sizeof...(A) <= 256, "at most 256 arguments");
  return Exported{run, (int)sizeof...(A), {(unsigned short)sizeof(A)...}};
}
template <class... A> int runAs(void (*k)(A...), const unsigned* cfg, void** args) { return launchPacked(k, cfg, args, std::index_sequence_for<A...>{}); }
template <auto K> constexpr Exported describe() { return describeAs(K, [](const unsigned* cfg, void** args) { return runAs(K, cfg, args); }); }

// ---- tensor core: mma.m16n8k16, bf16 in, f32 out, as one warp collective -----------------------------------------
inline void mma16816(float* d, const uint32_t* a, const uint32_t* b, const float* c) {
  Block* blk = B;
  Fiber* f = blk->cur;
  Warp& w = blk->warps[f->warp];
  auto up = [](uint32_t u, int hi) { uint32_t v = hi ? u & 0xffff0000u : u << 16; float r; memcpy(&r, &v, 4); return r; };
  // two exchanges: a (4 words as 2 x 64 bit), then b
  uint64_t pa0 = a[0] | (uint64_t)a[1] << 32, pa1 = a[2] | (uint64_t)a[3] << 32, pb = b[0] | (uint64_t)b[1] << 32;
  const int p = f->parity;
  f->parity ^= 1;
  w.slot[p][f->lane][0] = pa0; w.slot[p][f->lane][1] = pa1; w.slot[p][f->lane][2] = pb;
  syncWarp(0xffffffffu, 100);
  const int g = f->lane >> 2, t = f->lane & 3;
  float out[4] = {c[0], c[1], c[2], c[3]};
  for (int e = 0; e < 4; e++) {
    const int row = g + (e >> 1) * 8, col = t * 2 + (e & 1);
    float s = 0;
    for (int k = 0; k < 16; k++) {
      const int al = (row & 7) * 4 + ((k & 7) >> 1), ar = (row >> 3) + (k >> 3) * 2;  // lane and register that hold A[row][k]
      const int bl = col * 4 + ((k & 7) >> 1), br = k >> 3;                           // the same for B[k][col]
      uint32_t av = (uint32_t)(w.slot[p][al][ar >> 1] >> (32 * (ar & 1))), bv = (uint32_t)(w.slot[p][bl][2] >> (32 * br));
      s += up(av, k & 1) * up(bv, k & 1);
    }
    out[e] += s;
  }
  for (int e = 0; e < 4; e++) d[e] = out[e];
}

}  // namespace mdlc

// ---- CUDA's names ------------------------------------------------------------------------------------------------
#define __global__
#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __align__(n) alignas(n)
#define __constant__ static
#define __ldg(p) (*(p))
#define __shared__ static thread_local /* works, but without poison and race check: generated text uses MDLC_SHARED */
#define threadIdx (mdlc::B->cur->tid)
#define blockIdx (mdlc::B->bid)
#define blockDim (mdlc::B->block)
#define gridDim (mdlc::B->grid)
#define warpSize 32
#define MDLC_SHARED(T, name, n) static const char name##_key = 0; T* const name = (T*)mdlc::sharedMem(&name##_key, sizeof(T) * (n))
#define MDLC_LD(p) (mdlc::Checked<std::remove_cv_t<std::remove_pointer_t<decltype(p)>>>::load(p))
#define MDLC_ST(p, v) (mdlc::Checked<std::remove_cv_t<std::remove_reference_t<decltype(*(p))>>>::store(p, v))
#define MDLC_EXPORT(kernel) \
  extern "C" __attribute__((visibility("default"))) const mdlc::Exported mdlc_host_##kernel = mdlc::describe<kernel>();
extern "C" __attribute__((visibility("default"), weak)) const char* mdlc_host_error() { return mdlc::lastError().c_str(); }
extern "C" __attribute__((visibility("default"), weak)) void mdlc_host_options(int schedule, int seed, int race, int workers) {
  mdlc::options() = {mdlc::Schedule(schedule), (unsigned)seed, race != 0, workers};
}

inline void __syncthreads() { mdlc::syncBlock(); }
inline void __syncwarp(unsigned m = 0xffffffffu) { mdlc::syncWarp(m, 1); }
template <class T> T __shfl_sync(unsigned m, T v, int src, int w = 32) { int l = mdlc::B->cur->lane; return mdlc::exchange(m, v, (l & ~(w - 1)) | (src & (w - 1)), 2); }
template <class T> T __shfl_xor_sync(unsigned m, T v, int x, int w = 32) { int l = mdlc::B->cur->lane, s = l ^ x; return mdlc::exchange(m, v, (s & ~(w - 1)) > l ? l : s, 3); }
template <class T> T __shfl_down_sync(unsigned m, T v, int d, int w = 32) { int l = mdlc::B->cur->lane; return mdlc::exchange(m, v, (l & (w - 1)) + d < w ? l + d : l, 4); }
template <class T> T __shfl_up_sync(unsigned m, T v, int d, int w = 32) { int l = mdlc::B->cur->lane; return mdlc::exchange(m, v, (l & (w - 1)) >= d ? l - d : l, 5); }
inline unsigned __ballot_sync(unsigned m, int p) {
  mdlc::Block* b = mdlc::B; mdlc::Fiber* f = b->cur; int q = f->parity; mdlc::exchange<int>(m, p != 0, f->lane, 6);
  unsigned r = 0; for (int l = 0; l < 32; l++) if (m >> l & 1) r |= unsigned(b->warps[f->warp].slot[q][l][0] & 1) << l; return r;
}
inline int __any_sync(unsigned m, int p) { return __ballot_sync(m, p) != 0; }
inline int __all_sync(unsigned m, int p) { return __ballot_sync(m, p) == m; }
inline void __threadfence() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
inline void __threadfence_block() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

template <class T, class F> T mdlc_rmw(T* p, F f) {
  T o, n; __atomic_load(p, &o, __ATOMIC_RELAXED);
  do n = f(o); while (!__atomic_compare_exchange(p, &o, &n, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
  return o;
}
template <class T> T atomicAdd(T* p, T v) { return mdlc_rmw(p, [v](T o) { return T(o + v); }); }
template <class T> T atomicMax(T* p, T v) { return mdlc_rmw(p, [v](T o) { return o > v ? o : v; }); }
template <class T> T atomicMin(T* p, T v) { return mdlc_rmw(p, [v](T o) { return o < v ? o : v; }); }
template <class T> T atomicExch(T* p, T v) { return mdlc_rmw(p, [v](T) { return v; }); }
template <class T> T atomicCAS(T* p, T c, T v) { return mdlc_rmw(p, [c, v](T o) { return o == c ? v : o; }); }
inline unsigned atomicInc(unsigned* p, unsigned m) { return mdlc_rmw(p, [m](unsigned o) { return o >= m ? 0u : o + 1; }); }

inline float __uint_as_float(unsigned u) { float f; memcpy(&f, &u, 4); return f; }
inline unsigned __float_as_uint(float f) { unsigned u; memcpy(&u, &f, 4); return u; }
inline float __int_as_float(int u) { float f; memcpy(&f, &u, 4); return f; }
inline int __float_as_int(float f) { int u; memcpy(&u, &f, 4); return u; }
inline double __longlong_as_double(long long u) { double f; memcpy(&f, &u, 8); return f; }
inline long long __double_as_longlong(double f) { long long u; memcpy(&u, &f, 8); return u; }
inline unsigned __umulhi(unsigned a, unsigned b) { return unsigned((uint64_t)a * b >> 32); }
inline int __popc(unsigned v) { return __builtin_popcount(v); }
inline int __clz(int v) { return v ? __builtin_clz((unsigned)v) : 32; }
inline int __ffs(int v) { return __builtin_ffs(v); }
inline float __expf(float x) { return expf(x); }
inline float __logf(float x) { return logf(x); }
inline float __fdividef(float a, float b) { return a / b; }
inline float __frcp_rn(float a) { return 1.f / a; }
inline float rsqrtf(float x) { return 1.f / sqrtf(x); }
inline float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
using std::max;
using std::min;
