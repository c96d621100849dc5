package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/thumbnails/internal/queue"
)

type memory struct {
	jobs []queue.Job
	err  error
}

func (m *memory) Add(_ context.Context, job queue.Job) error {
	m.jobs = append(m.jobs, job)
	return m.err
}

func answer(jobs adder, method, path, body string) int {
	recorder := httptest.NewRecorder()
	routes(jobs).ServeHTTP(recorder, httptest.NewRequest(method, path, strings.NewReader(body)))
	return recorder.Code
}

func TestWhatTheDoorAnswers(t *testing.T) {
	good := `{"image": "https://example.com/a.png", "width": 200}`
	for _, c := range []struct {
		name, method, path, body string
		jobs                     *memory
		want                     int
	}{
		{"health", "GET", "/healthz", "", &memory{}, http.StatusOK},
		{"metrics", "GET", "/metrics", "", &memory{}, http.StatusOK},
		{"a job", "POST", "/jobs", good, &memory{}, http.StatusAccepted},
		{"no job", "POST", "/jobs", "nonsense", &memory{}, http.StatusBadRequest},
		{"no width", "POST", "/jobs", `{"image": "a"}`, &memory{}, http.StatusUnprocessableEntity},
		{"queue away", "POST", "/jobs", good, &memory{err: errors.New("away")}, http.StatusServiceUnavailable},
	} {
		if got := answer(c.jobs, c.method, c.path, c.body); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}
