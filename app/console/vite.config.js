import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // the content security policy allows no inlined scripts
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000, // swagger-ui, on its own page
    rolldownOptions: { input: ["index.html", "docs.html"] },
  },
});
