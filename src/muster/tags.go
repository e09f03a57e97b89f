package muster

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
)

// ownerTag is the tag of an account that names its owner better than its e-mail does.
const ownerTag = "owner"

// tag reads the tags of the accounts left where a term needs them: a call for each.
func tag(ctx context.Context, api *organizations.Client, left []candidate, terms []term) error {
	if !slices.ContainsFunc(terms, func(t term) bool { return t.kind == byTag }) {
		return nil
	}
	return together(ctx, len(left), func(ctx context.Context, i int) error {
		left[i].tags = make(map[string]string)
		pages := organizations.NewListTagsForResourcePaginator(api, &organizations.ListTagsForResourceInput{ResourceId: aws.String(left[i].ID)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return fmt.Errorf("tags of account %s: %w", left[i].ID, err)
			}
			for _, t := range page.Tags {
				left[i].tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
			}
		}
		if owner := left[i].tags[ownerTag]; owner != "" {
			left[i].Owner = owner
		}
		return nil
	})
}
