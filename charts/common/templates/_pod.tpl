{{- /*
The pod template of every workload: nobody can forget the hardening in one kind.

Takes: the dict of common.service; `pod` of the body is finished but for common.defaults.
*/ -}}
{{- define "common.pod" -}}
metadata:
  labels:
    {{- include "common.meta.labels" . | nindent 4 }}
  {{- with .body.pod.annotations }}
  annotations:
    {{- range $key, $text := . }}
    {{ quote $key }}: {{ quote $text }}
    {{- end }}
  {{- end }}
spec:
  serviceAccountName: {{ .body.pod.serviceAccountName }}
  {{- include "common.defaults.pod" .body.pod | nindent 2 }}
  terminationGracePeriodSeconds: {{ toJson .body.pod.terminationGracePeriodSeconds }}
  {{- with .body.pod.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .body.pod.spec }}
  {{- include "common.yaml" . | nindent 2 }}
  {{- end }}
  {{- if .body.pod.spread }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "common.meta.selector" . | nindent 10 }}
  {{- end }}
  securityContext:
    {{- include "common.defaults.podsecurity" .body.pod.securityContext | nindent 4 }}
  {{- with .body.pod.initContainers }}
  initContainers:
    {{- range . }}
    - name: {{ .name }}
      {{- include "common.container" . | nindent 6 }}
    {{- end }}
  {{- end }}
  containers:
    - name: {{ .body.pod.container.name }}
      {{- include "common.container" .body.pod.container | nindent 6 }}
  volumes:
    {{- range .body.pod.volumes }}
    - name: {{ quote .name }}
      {{- with .claim }}
      persistentVolumeClaim:
        claimName: {{ . }}
      {{- end }}
      {{- with .emptyDir }}
      emptyDir:
        {{- range $key, $value := . }}
        {{ $key }}: {{ quote $value }}
        {{- end }}
      {{- end }}
      {{- with .source }}
      {{- include "common.yaml" . | nindent 6 }}
      {{- end }}
    {{- end }}
{{- end -}}
