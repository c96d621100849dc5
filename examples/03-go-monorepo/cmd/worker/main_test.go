package main

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"example.com/thumbnails/internal/queue"
)

type script struct {
	jobs []queue.Job
	stop context.CancelFunc
}

func (s *script) Take(context.Context, time.Duration) (queue.Job, bool, error) {
	if len(s.jobs) == 0 {
		s.stop()
		return queue.Job{}, false, nil
	}
	job := s.jobs[0]
	s.jobs = s.jobs[1:]
	if job.Image == "away" {
		return queue.Job{}, false, errors.New("away")
	}
	return job, true, nil
}

func TestAFailedJobAndAQueueThatIsAwayDoNotStopTheWorker(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	jobs := &script{jobs: []queue.Job{{Image: "bad"}, {Image: "away"}, {Image: "good"}}, stop: stop}
	var seen []string
	work(ctx, jobs, func(job queue.Job) error {
		seen = append(seen, job.Image)
		if job.Image == "bad" {
			return errors.New("no image")
		}
		return nil
	}, 0)
	if want := []string{"bad", "good"}; !slices.Equal(seen, want) {
		t.Errorf("worked on %v, want %v", seen, want)
	}
}
