// What a measurement says: a row of a table and a JSON line.
#pragma once

#include <cstdio>
#include <string>

#include "ceilings.h"
#include "measurement.h"

namespace qutlass::bench {

// Prints tables, and writes JSON lines to a file where there is one.
class Report {
 public:
  // `out` is the path of the JSON lines, to which they are appended, or empty. Ends the program
  // where it cannot be opened.
  Report(const std::string& out, const Ceilings& ceilings, const std::string& cublas_version);
  ~Report();
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;

  void ceilings() const;
  // The providers of one product.
  void products(const Measurements& rows) const;
  // Ops on rows of one size.
  void row_ops(const Measurements& rows) const;

 private:
  void write_json(const Measurement& of) const;
  void write_ceiling(const char* provider, const std::string& figure) const;

  const Ceilings& ceilings_;
  std::string machine_;  // the members of a JSON line that say where
  std::FILE* out_ = nullptr;
};

}  // namespace qutlass::bench
