// Instantiates the templates of this folder, so that a mistake is found here first.
#include "flow/pipeline.hpp"  // IWYU pragma: keep

template zg::Result<void> zg::flow::run_pipeline<int>(const Producer<int>&,
                                                      const std::vector<Stage<int>*>&,
                                                      PipelineOptions);
