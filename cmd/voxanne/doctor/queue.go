package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/voxanne-ai/voxanne/db"
)

func (d doctor) queue(ctx context.Context) verdict {
	return at(ctx, d.either(), notAsked("database.login"), func(q *db.Queries) (verdict, error) {
		there, err := q.DescribeInstallation(ctx)
		if err != nil {
			return verdict{}, err
		}
		if !there.Queued {
			return wrong("The queue's tables are missing.", "Run `voxanne migrate`."), nil
		}
		stuck, err := q.CountStuckJobs(ctx)
		if err != nil {
			return verdict{}, err
		}
		return judgeJobs(stuck), nil
	})
}

// judgeJobs: jobs that nobody takes mean that nothing is done at all; single ones that were given up are for a look.
func judgeJobs(stuck []db.CountStuckJobsRow) verdict {
	var waiting, others []string
	for _, s := range stuck {
		if s.Waiting > 0 {
			waiting = append(waiting, fmt.Sprintf("%d of %s", s.Waiting, s.Kind))
		}
		if s.Running > 0 {
			others = append(others, fmt.Sprintf("%d of %s running for more than an hour", s.Running, s.Kind))
		}
		if s.GivenUp > 0 {
			others = append(others, fmt.Sprintf("%d of %s given up within a week", s.GivenUp, s.Kind))
		}
	}
	switch {
	case len(waiting) > 0:
		return wrong("Jobs have waited for more than ten minutes: "+strings.Join(append(waiting, others...), ", ")+".",
			"Start `voxanne work`, and see its log.")
	case len(others) > 0:
		return doubtful("Jobs are stuck: "+strings.Join(others, ", ")+".", "See the log of `voxanne work` and the errors in river.river_job.")
	}
	return fine("The queue's tables are there, and no job is stuck.")
}
