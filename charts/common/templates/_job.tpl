{{- /* Work that ends. A Job's template is immutable: its name carries digits of it, so a change is a new Job. */ -}}
{{- define "common.kind.job" -}}
apiVersion: batch/v1
kind: Job
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  {{- include "common.defaults.job" .body.job | nindent 2 }}
  template:
    {{- include "common.pod" . | nindent 4 }}
{{- end -}}

{{- define "common.kind.cronjob" -}}
apiVersion: batch/v1
kind: CronJob
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  schedule: {{ quote .body.schedule.schedule }}
  timeZone: {{ quote .body.schedule.timeZone }}
  {{- include "common.defaults.cronjob" .body.schedule | nindent 2 }}
  jobTemplate:
    metadata:
      labels:
        {{- include "common.meta.labels" . | nindent 8 }}
    spec:
      {{- include "common.defaults.job" .body.job | nindent 6 }}
      template:
        {{- include "common.pod" . | nindent 8 }}
{{- end -}}
