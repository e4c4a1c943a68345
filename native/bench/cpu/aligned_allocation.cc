// Operands begin at a cache line, as TensorFlow's tensors do: so does all memory of this program.
#include <cstdlib>
#include <new>

void* operator new(size_t size) {
  constexpr size_t kLineBytes = 64;
  void* memory = std::aligned_alloc(kLineBytes, (size + kLineBytes - 1) / kLineBytes * kLineBytes);
  if (!memory) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
