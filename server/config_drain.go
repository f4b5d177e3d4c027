package server

import (
	"strconv"
	"time"
)

// maxDrain bounds DRAIN_SECONDS: whoever waits longer for a process to end kills it.
const maxDrain = 300

// validateDrain reads DRAIN_SECONDS. In development nobody balances the load, and Ctrl-C should not take seconds.
func (c *Config) validateDrain(complain complainer) {
	if c.DrainSeconds == "" {
		c.DrainSeconds = "4"
		if c.Env == Dev {
			c.DrainSeconds = "0"
		}
	}
	seconds, err := strconv.Atoi(c.DrainSeconds)
	if err != nil || seconds < 0 || seconds > maxDrain {
		complain("DRAIN_SECONDS must be a number from 0 to %d.", maxDrain)
		return
	}
	c.Drain = time.Duration(seconds) * time.Second
}
