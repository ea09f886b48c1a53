// A pipeline: a producer and a list of stages, each taking items from the previous one.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/result.hpp"
#include "flow/queue.hpp"

namespace zg::flow {

/// Returns the next item; nothing at the end.
template <class Item>
using Producer = std::function<Result<std::optional<Item>>()>;

/// Passes an item to the next stage; an error means that the pipeline has failed, and the caller
/// must return it.
template <class Item>
using Emit = std::function<Result<void>(Item)>;

/// One step of the work. Called by one thread at a time, but not always the same one.
template <class Item>
class Stage {
  public:
    virtual ~Stage() = default;
    /// Takes an item and emits none, one or more.
    virtual Result<void> take(Item item, const Emit<Item>& emit) = 0;
    /// Called once after the last item, when nothing has failed.
    virtual Result<void> finish(const Emit<Item>& /*emit*/) { return {}; }
};

/// How to run a pipeline. The resulting items do not depend on it.
struct PipelineOptions {
    /// a thread for each stage, in addition to the caller's, which runs the producer; false:
    /// everything on the caller's
    bool threads = true;
    std::size_t depth = 2;  ///< items that may wait before each stage
};

namespace detail {

template <class Item>
Emit<Item> chain_from(const std::vector<Stage<Item>*>& stages, std::size_t index) {
    if (index == stages.size()) return [](Item) -> Result<void> { return {}; };
    return [stage = stages[index], next = chain_from(stages, index + 1)](Item item) {
        return stage->take(std::move(item), next);
    };
}

template <class Item>
Result<void> run_on_one_thread(const Producer<Item>& produce,
                               const std::vector<Stage<Item>*>& stages) {
    const Emit<Item> first = chain_from(stages, 0);
    for (;;) {
        ZG_TRY(std::optional<Item> item, produce());
        if (!item) break;
        ZG_CHECK(first(std::move(*item)));
    }
    for (std::size_t i = 0; i < stages.size(); ++i)
        ZG_CHECK(stages[i]->finish(chain_from(stages, i + 1)));
    return {};
}

/// The queues before the stages, and the first error of any of them.
template <class Item>
class Run {
  public:
    Run(const std::vector<Stage<Item>*>& stages, std::size_t depth) : stages_(stages) {
        for (std::size_t i = 0; i < stages.size(); ++i)
            queues_.push_back(std::make_unique<BoundedQueue<Item>>(depth));
    }

    Emit<Item> emit_to(std::size_t index) {
        if (index == stages_.size()) return [](Item) -> Result<void> { return {}; };
        return [this, index](Item item) -> Result<void> {
            if (queues_[index]->push(std::move(item))) return {};
            return fail({.kind = ErrorKind::internal, .what = "a later stage has failed"});
        };
    }

    void work(std::size_t index) {
        const Emit<Item> emit = emit_to(index + 1);
        while (std::optional<Item> item = queues_[index]->pop()) {
            if (auto taken = stages_[index]->take(std::move(*item), emit); !taken)
                return fail_with(taken.error());
        }
        if (queues_[index]->cancelled()) return;
        if (auto finished = stages_[index]->finish(emit); !finished)
            return fail_with(finished.error());
        if (index + 1 < queues_.size()) queues_[index + 1]->close();
    }

    void produce(const Producer<Item>& producer) {
        const Emit<Item> emit = emit_to(0);
        for (;;) {
            auto item = producer();
            if (!item) return fail_with(item.error());
            if (!*item) return queues_.front()->close();
            if (!emit(std::move(**item))) return;
        }
    }

    /// Only the first error counts: later ones are its consequences in other stages.
    void fail_with(const Error& error) {
        {
            const std::lock_guard lock(mutex_);
            if (!error_) error_ = error;
        }
        for (auto& queue : queues_) queue->cancel();
    }

    std::optional<Error> error_;

  private:
    const std::vector<Stage<Item>*>& stages_;
    std::vector<std::unique_ptr<BoundedQueue<Item>>> queues_;
    std::mutex mutex_;
};

}  // namespace detail

/// Runs items from `produce` through all stages, in order, and returns the first error of any of
/// them. The stages outlive the call.
template <class Item>
Result<void> run_pipeline(const Producer<Item>& produce, const std::vector<Stage<Item>*>& stages,
                          PipelineOptions options) {
    if (!options.threads || stages.empty()) return detail::run_on_one_thread(produce, stages);
    detail::Run<Item> run(stages, options.depth);
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < stages.size(); ++i)
            threads.emplace_back([&run, i] { run.work(i); });
        run.produce(produce);
    }
    if (run.error_) return fail(std::move(*run.error_));
    return {};
}

}  // namespace zg::flow
