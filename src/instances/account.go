package instances

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// mostAnswers bounds what is remembered of an account.
const mostAnswers = 10_000

// account is what is known of one account. Its methods are called with mu held.
type account struct {
	room *Room
	id   string

	mu        sync.Mutex
	instances map[string]*instance // by id
	gateways  map[string]*network  // by region and VPC: the addresses of NAT gateways
	refused   map[string]refusal   // by operation
	homes     []string             // regions where instances were found
	regions   []string
	regionsAt time.Time
	searches  int       // that found nothing
	since     time.Time // when they began to be counted
}

// refusal is what is remembered of a call that was not allowed.
type refusal struct {
	at  time.Time
	err error
}

// network is what is known of a VPC.
type network struct {
	at        time.Time
	addresses []netip.Prefix
}

// instance is what is known of an instance. One that was found nowhere has no region.
type instance struct {
	at       time.Time
	region   string
	vpc      string
	launched time.Time      // when it was started last; public addresses change then
	own      []netip.Prefix // addresses of its interfaces; none after termination
}

func (a *account) forget() {
	a.instances, a.gateways, a.refused = map[string]*instance{}, map[string]*network{}, map[string]refusal{}
}

// judge answers a question from what is known and not older than life, and asks EC2 for the rest.
func (a *account) judge(ctx context.Context, q Question, address netip.Addr, life time.Duration) (string, error) {
	i, err := a.instance(ctx, q, life)
	switch {
	case err != nil:
		return Unknown, err
	case i.region == "":
		return NoSuchInstance, nil
	case len(i.own) == 0:
		return Unknown, nil
	}
	own := holds(i.own, address)
	if !own && i.vpc != "" {
		gateways, err := a.natGateways(ctx, i, life)
		if err != nil {
			return Unknown, err
		}
		own = holds(gateways.addresses, address)
	}
	switch {
	case !own && q.Time < i.launched.Unix():
		return Unknown, nil
	case !own:
		return ForeignAddress, nil
	default:
		return Own, nil
	}
}

func holds(networks []netip.Prefix, address netip.Addr) bool {
	return slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(address) })
}

// instance finds an instance: where it was found before, or in the record's region; then where others were found, and in all other regions.
func (a *account) instance(ctx context.Context, q Question, life time.Duration) (*instance, error) {
	known := a.instances[q.Instance]
	if known != nil && known.region == "" {
		life = answerLife // ids are not used again: what was nowhere a while ago has not come since
	}
	if known != nil && a.younger(known.at, life) {
		return known, nil
	}
	first := q.Region
	if known != nil && known.region != "" {
		first = known.region
	}
	found, err := a.describeInstance(ctx, first, q.Instance)
	if err == nil && found == nil {
		found, err = a.search(ctx, first, q.Instance)
	}
	if err != nil {
		return nil, err
	}
	if len(a.instances) >= mostAnswers {
		a.forget()
	}
	a.instances[q.Instance] = found
	if found.region != "" && !slices.Contains(a.homes, found.region) {
		a.homes = append(a.homes, found.region)
	}
	return found, nil
}

// search looks for an instance in the regions that are enabled in the account, but for one that was looked in already. A region that
// refuses while the first answered is one that a policy of the organization closes: nothing runs there. What bounds searches are those that
// find nothing.
func (a *account) search(ctx context.Context, but, id string) (*instance, error) {
	looked := []string{but}
	look := func(region string) (*instance, error) {
		if slices.Contains(looked, region) {
			return nil, nil
		}
		looked = append(looked, region)
		found, err := a.describeInstance(ctx, region, id)
		if isRefused(err) {
			return nil, nil
		}
		return found, err
	}
	for _, region := range a.homes {
		if found, err := look(region); found != nil || err != nil {
			return found, err
		}
	}
	if !a.younger(a.since, answerLife) {
		a.since, a.searches = a.room.Now(), 0
	}
	if a.searches >= mostSearches {
		return nil, fmt.Errorf("search an instance in all regions of account %s: %w", a.id, ErrTooMany)
	}
	regions, err := a.enabledRegions(ctx, but)
	if err != nil {
		return nil, err
	}
	for _, region := range regions {
		if found, err := look(region); found != nil || err != nil {
			return found, err
		}
	}
	a.searches++
	return &instance{at: a.room.Now()}, nil
}

func (a *account) younger(at time.Time, life time.Duration) bool { return a.room.Now().Sub(at) < life }
