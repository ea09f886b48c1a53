// The templates of this folder, compiled once on their own so that a mistake shows here first.
#include "flow/pipeline.hpp"

template zg::Result<void> zg::flow::run_pipeline<int>(const Producer<int>&,
                                                      const std::vector<Stage<int>*>&,
                                                      PipelineOptions);
