// The API's description, to read and to try; everything it needs comes from this server.

import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";

SwaggerUI({
  url: "/schema/openapi.json",
  dom_id: "#description",
  deepLinking: true,
  validatorUrl: null,
});
