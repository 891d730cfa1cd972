-- Titles in both languages stand in the attributes; members of one segment carry the same.
select segmentation, segment, max(attributes) as attributes
from segment_members
group by segmentation, segment
order by segmentation, segment
