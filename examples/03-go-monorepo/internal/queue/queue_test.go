package queue

import "testing"

func TestJobsWithoutAnImageOrASaneWidthAreRefused(t *testing.T) {
	for name, job := range map[string]Job{
		"no image":  {Width: 100},
		"no width":  {Image: "https://example.com/a.png"},
		"too broad": {Image: "https://example.com/a.png", Width: 5000},
	} {
		if job.Validate() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestAnAddressThatIsNoRedisIsRefused(t *testing.T) {
	if _, err := Open("https://example.com"); err == nil {
		t.Error("accepted")
	}
}
