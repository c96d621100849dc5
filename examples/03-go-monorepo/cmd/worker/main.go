// The worker takes jobs from the queue and makes thumbnails.
package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"example.com/thumbnails/internal/config"
	"example.com/thumbnails/internal/queue"
)

var done = promauto.NewCounterVec(prometheus.CounterOpts{
	Name: "thumbnails_jobs_done_total",
	Help: "Jobs taken from the queue, by outcome.",
}, []string{"outcome"})

type taker interface {
	Take(ctx context.Context, wait time.Duration) (queue.Job, bool, error)
}

// work takes jobs until ctx ends; a job once taken is finished.
func work(ctx context.Context, jobs taker, shrink func(queue.Job) error, pause time.Duration) {
	for ctx.Err() == nil {
		job, ok, err := jobs.Take(ctx, time.Second)
		if err != nil && ctx.Err() == nil {
			slog.Error("queue", "error", err)
			time.Sleep(pause)
		}
		if err != nil || !ok {
			continue
		}
		outcome := "ok"
		if err := shrink(job); err != nil {
			slog.Error("job", "image", job.Image, "error", err)
			outcome = "failed"
		}
		done.WithLabelValues(outcome).Inc()
	}
}

func shrink(job queue.Job) error {
	slog.Info("shrunk", "image", job.Image, "width", job.Width)
	return nil
}

func administer(port string) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
	})
	mux.Handle("GET /metrics", promhttp.Handler())
	server := &http.Server{Addr: ":" + port, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	slog.Error("administration stopped", "error", server.ListenAndServe())
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	jobs, err := queue.Open(config.String("REDIS_URL", "redis://localhost:6379/0"))
	if err != nil {
		slog.Error("stopped", "error", err)
		os.Exit(1)
	}
	defer jobs.Close()
	go administer(config.String("ADMIN_PORT", "9090"))
	work(ctx, jobs, shrink, time.Second)
}
