// Package queue carries jobs from the API to the worker.
package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

const key = "thumbnails:jobs"

// Job is one image to shrink.
type Job struct {
	Image string `json:"image"`
	Width int    `json:"width"`
}

// Validate says what is wrong with a job, nil when nothing is.
func (j Job) Validate() error {
	if j.Image == "" {
		return errors.New("image is missing")
	}
	if j.Width < 1 || j.Width > 4096 {
		return fmt.Errorf("width %d is not between 1 and 4096", j.Width)
	}
	return nil
}

// Queue is a Redis list.
type Queue struct{ client *redis.Client }

// Open connects to the address, such as redis://localhost:6379/0.
func Open(address string) (*Queue, error) {
	options, err := redis.ParseURL(address)
	if err != nil {
		return nil, fmt.Errorf("REDIS_URL: %w", err)
	}
	return &Queue{client: redis.NewClient(options)}, nil
}

// Add puts a job at the end.
func (q *Queue) Add(ctx context.Context, job Job) error {
	data, err := json.Marshal(job)
	if err != nil {
		return err
	}
	return q.client.RPush(ctx, key, data).Err()
}

// Take waits up to wait for the first job; ok is false when none came.
func (q *Queue) Take(ctx context.Context, wait time.Duration) (job Job, ok bool, err error) {
	found, err := q.client.BLPop(ctx, wait, key).Result()
	if errors.Is(err, redis.Nil) {
		return Job{}, false, nil
	}
	if err != nil {
		return Job{}, false, err
	}
	return job, true, json.Unmarshal([]byte(found[1]), &job)
}

// Close lets the connections go.
func (q *Queue) Close() error { return q.client.Close() }
