# The image holds Node, one folder of bundled JavaScript and nothing else: no shell, no package manager, no node_modules.
FROM node:24-bookworm-slim AS build
WORKDIR /source
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY scripts/build.ts scripts/notices.ts scripts/sbom.ts scripts/
COPY src src
RUN npx tsx scripts/build.ts && npm run -s sbom > sbom.cdx.json

FROM gcr.io/distroless/nodejs24-debian13:nonroot AS program
COPY LICENSE THIRD_PARTY_NOTICES /
COPY --from=build /source/sbom.cdx.json /
COPY --from=build /source/dist /app

# For kustomize and kpt, which call the image of a function without arguments: docker build --target fn
FROM program AS fn
USER 65532:65532
CMD ["/app/main.js", "fn"]

# The webhook.
FROM program
# The numeric id lets the kubelet see that it is not root's.
USER 65532:65532
ENV NODE_ENV=production
# Without a fixed threshold glibc keeps the memory of large bodies that are long gone.
ENV MALLOC_TRIM_THRESHOLD_=131072
EXPOSE 8443 8080
# Node's own option comes first: the image's entry point is node. The heap is kept well below the usual memory limit.
# A small young generation keeps less garbage, of ten thousand namespaces and of many reviews; a smaller one than this
# costs throughput.
CMD ["--max-old-space-size=96", "--max-semi-space-size=8", "/app/main.js", "serve"]
