// The API takes jobs over HTTP and puts them on the queue.
package main

import (
	"context"
	"encoding/json"
	"errors"
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

var accepted = promauto.NewCounter(prometheus.CounterOpts{
	Name: "thumbnails_jobs_accepted_total",
	Help: "Jobs put on the queue.",
})

type adder interface {
	Add(ctx context.Context, job queue.Job) error
}

func routes(jobs adder) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
	})
	mux.Handle("GET /metrics", promhttp.Handler())
	mux.HandleFunc("POST /jobs", func(w http.ResponseWriter, r *http.Request) {
		var job queue.Job
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4096)).Decode(&job); err != nil {
			http.Error(w, "the body is no job", http.StatusBadRequest)
			return
		}
		if err := job.Validate(); err != nil {
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
			return
		}
		if err := jobs.Add(r.Context(), job); err != nil {
			slog.Error("queue", "error", err)
			http.Error(w, "the queue is away", http.StatusServiceUnavailable)
			return
		}
		accepted.Inc()
		w.WriteHeader(http.StatusAccepted)
	})
	return mux
}

func run(ctx context.Context) error {
	jobs, err := queue.Open(config.String("REDIS_URL", "redis://localhost:6379/0"))
	if err != nil {
		return err
	}
	defer jobs.Close()
	server := &http.Server{Addr: ":" + config.String("PORT", "8080"), Handler: routes(jobs), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		patience, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = server.Shutdown(patience)
	}()
	slog.Info("listening", "address", server.Addr)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		slog.Error("stopped", "error", err)
		os.Exit(1)
	}
}
