package server

import (
	"strconv"
	"strings"
)

// maxPace is more requests a second than one process answers.
const maxPace = 100_000

// validatePace reads how often members may ask. One user must not be able to use up what their organization has.
func (c *Config) validatePace(complain complainer) {
	read := func(name, value string) (perSecond int) {
		perSecond, err := strconv.Atoi(value)
		if err != nil || perSecond < 1 || perSecond > maxPace {
			complain("%s must be a number from 1 to %d.", name, maxPace)
			return 0
		}
		return perSecond
	}
	c.Pace = Pace{User: read("DASHBOARD_USER_REQUESTS_PER_SECOND", c.UserPace), Org: read("DASHBOARD_ORG_REQUESTS_PER_SECOND", c.OrgPace)}
	if c.Pace.Org > 0 && c.Pace.User > c.Pace.Org {
		complain("DASHBOARD_ORG_REQUESTS_PER_SECOND is less than DASHBOARD_USER_REQUESTS_PER_SECOND: one person could use up what their organization may ask.")
	}
}

// HTTPS tells whether browsers reach this server over https only.
func (c Config) HTTPS() bool {
	return c.Env == Production && strings.HasPrefix(c.BackendURL, "https://")
}
